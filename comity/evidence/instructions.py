"""`comity/HOW-TO-OPEN.txt`: what an expert types to check and open a package without comity.

A test runs these lines.
"""

from typing import Final

HOW_TO_OPEN: Final = """\
HOW TO CHECK AND OPEN THIS PACKAGE WITHOUT COMITY

Tools: sha256sum (coreutils), openssl 3.0 or later, age, tar. age 1.0 or later opens keys that begin with age1 and a
digit or letter other than p and t; keys that begin with age1pq need age 1.3, and age1tag the plugin of the device.
Type the lines in this folder. AUTHORITY.pem is the public key (Ed25519) of the authority that signed this package,
"from" in comity/envelope.json; take it from that State's directory, never from this package. TSA.pem is the root
certificate of the time-stamp authority, from that authority. KEY.txt is the age identity that the package was sealed
for. opened is a new folder. Where there is a folder comity/prior, this package was made of another, for more readers:
step 5 then takes the key of the authority that sealed the first, "from" in comity/prior/envelope.json.

1. Who signed it. age alone says nothing about who sent a file: do not leave this step out.
   The certificates lie in the signature. These lines take them out, find the authority's own among them by its public
   key (there is no root.pem if it is missing), and check the signature with that one.

   rm -f /tmp/cert.* /tmp/root.pem
   S=signatures/tagmanifest-sha256.txt.p7s
   openssl pkcs7 -inform DER -in $S -print_certs -out /tmp/all.pem
   csplit -s -z -f /tmp/cert. /tmp/all.pem '/^subject/' '{*}'
   for c in /tmp/cert.*; do openssl x509 -in $c -noout -pubkey | cmp -s - AUTHORITY.pem && cp $c /tmp/root.pem; done
   F=tagmanifest-sha256.txt
   openssl cms -verify -binary -inform DER -in $S -content $F -CAfile /tmp/root.pem -purpose any -out /dev/null

2. When it was sealed, by the word of a third party. Where there is no file that ends in .tsr, none was asked.

   openssl ts -verify -data $S -in $S.tsr -CAfile TSA.pem

3. Nothing was changed or lost on the way. There must be no file that these two lists, or steps 1 and 2, do not name.

   sha256sum -c tagmanifest-sha256.txt
   sha256sum -c manifest-sha256.txt

4. Decrypt. 00000.age is the record. Each other file of data is a tar, or one large file as it is: the record's list of
   large files says which, and where it belongs.

   mkdir opened
   age -d -i KEY.txt data/00000.age | tar -x -f - -C opened
   mkdir -p opened/data
   L=opened/comity/large-files.txt
   cut -d' ' -f1 $L > /tmp/large
   ls data | cut -c1-5 | grep -v -x -e 00000 -f /tmp/large > /tmp/tars
   while read -r n; do age -d -i KEY.txt data/$n.age | tar -x -f - -C opened; done < /tmp/tars
   while read -r n path; do age -d -i KEY.txt data/$n.age > "opened/$path"; done < $L

5. Who listed the files, and that they are the files listed. In the folder opened, repeat step 1, where now S is
   comity/manifest.json.p7s and F is comity/manifest.json. Then:

   sha256sum -c manifest-sha256.txt

   (A per cent sign in a file's name is written %25 in that list: RFC 8493.)
   comity/manifest.json says who collected the files, how, when, and for which case; comity/items.jsonl lists them.
   The two belong together: "root" is the RFC 6962 tree over the lines of items.jsonl.
"""
