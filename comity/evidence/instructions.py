"""`comity/HOW-TO-OPEN.txt`: what an expert types to check and open a package without comity.

A test runs these lines.
"""

from typing import Final

HOW_TO_OPEN: Final = """\
HOW TO CHECK AND OPEN THIS PACKAGE WITHOUT COMITY

Tools: sha256sum (coreutils), openssl 3.0 or later, age 1.0 or later, tar. Type the lines in this folder.
AUTHORITY.pem is the public key (Ed25519) of the authority that sealed it; take it from that State's directory,
never from this package. KEY.txt is the age identity that the package was sealed for. opened is a new folder.

1. Who sealed it. age alone says nothing about who sent a file: do not leave this step out.
   The signature must be good, and the text that was signed must be tagmanifest-sha256.txt.

   S=signatures/tagmanifest-sha256.txt.jws
   printf %s "$(cut -d. -f1,2 "$S")" > /tmp/signed
   (printf %s "$(cut -d. -f3 "$S")" | tr '_-' '/+'; printf ==) | base64 -d > /tmp/signature
   openssl pkeyutl -verify -pubin -inkey AUTHORITY.pem -rawin -in /tmp/signed -sigfile /tmp/signature
   cut -d. -f2 "$S" | tr '_-' '/+' | base64 -d 2>/dev/null | cmp - tagmanifest-sha256.txt

2. Nothing was changed or lost on the way. There must be no file that these two lists, or step 1, do not name.

   sha256sum -c tagmanifest-sha256.txt
   sha256sum -c manifest-sha256.txt

3. Decrypt. 00000.age is the record, 00001.age holds the files.

   mkdir opened
   age -d -i KEY.txt data/00000.age | tar -x -f - -C opened
   age -d -i KEY.txt data/00001.age | tar -x -f - -C opened

4. Who listed the files, and that they are the files listed. Repeat step 1 with S=opened/comity/manifest.jws and
   opened/comity/manifest.json in place of the tag manifest. Then, in the folder opened:

   sha256sum -c manifest-sha256.txt

   (A per cent sign in a file's name is written %25 in that list: RFC 8493.)
   comity/manifest.json also says who collected the files, how, when, and for which case.
"""
