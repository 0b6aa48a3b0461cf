"""What a person does in a case: the form of one action on the case's page, and the workflow it leads to.

Each module holds a family of actions; `registry` names them all, `page` shows the form and takes it. A new action
needs its entry in the registry, a step in `docket.todo` and its words in `docket.words`.
"""
