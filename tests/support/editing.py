"""An editor with a model that is chosen, as its user sees it."""

ABLE = {
    "workspace": {"applyEdit": True, "configuration": True, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}},
        "hover": {"contentFormat": ["markdown"]},
    },
    "window": {"workDoneProgress": True},
}


class Editor:
    """What the user of an editor does to the text at `uri`, of which the server knows."""

    def __init__(self, client, uri):
        self.client = client
        self.uri = uri

    def offered(self, line=0, **context):
        place = {"line": line, "character": 5}
        params = {"textDocument": {"uri": self.uri}, "range": {"start": place, "end": place}}
        answer = self.client.request("textDocument/codeAction", params | {"context": {"diagnostics": []} | context})
        return {action["title"]: action for action in answer["result"]}

    def start(self, command, *arguments):
        params = {"command": command, "arguments": list(arguments), "workDoneToken": "shown"}
        return self.client.start_request("workspace/executeCommand", params)

    def choose(self, title, line=0):
        command = self.offered(line)[title]["command"]
        return self.start(command["command"], *command["arguments"])

    def take_edit(self):
        asked = self.client.take(lambda message: message.get("method") == "workspace/applyEdit")
        self.client.send({"id": asked["id"], "result": {"applied": True}})
        return asked["params"]["edit"]["documentChanges"][0]

    def edits_asked(self):
        return [message for message in self.client.messages if message.get("method") == "workspace/applyEdit"]

    def end_of_progress(self):
        shown = self.client.take(lambda m: m.get("method") == "$/progress" and m["params"]["value"]["kind"] == "end")
        return shown["params"]["value"]["message"]

    def question(self):
        return self.client.take(lambda message: message.get("method") == "window/showMessageRequest")

    def said(self):
        return self.client.notification("window/showMessage")

    def findings(self):
        params = {"textDocument": {"uri": self.uri}}
        return self.client.request("textDocument/diagnostic", params)["result"]["items"]

    def configure(self, **section):
        self.client.notify("workspace/didChangeConfiguration", {"settings": {"glossator": section}})
