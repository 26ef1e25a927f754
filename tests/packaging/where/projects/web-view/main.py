"""A web view as Tauri's are on Linux: a folder's files come by a protocol of the program's own, registered as Tauri does.

Prints what the page says, and ends. Needs Debian's python3-gi and gir1.2-webkit2-4.1.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gio, GLib, Gtk, WebKit2

folder = Path(sys.argv[1])
types = {".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm"}


def answer(request):
    file = folder / request.get_path().lstrip("/")
    if not file.is_file():
        request.finish_error(GLib.Error(f"there is no {file}"))
        return
    data = file.read_bytes()
    kind = types.get(file.suffix, "application/octet-stream")
    request.finish(Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(data)), len(data), kind)


def say(_, message):
    print(message.get_js_value().to_string())
    Gtk.main_quit()


context = WebKit2.WebContext.get_default()
context.register_uri_scheme("app", answer)
context.get_security_manager().register_uri_scheme_as_secure("app")
context.get_security_manager().register_uri_scheme_as_cors_enabled("app")
content = WebKit2.UserContentManager()
content.register_script_message_handler("ipc")
content.connect("script-message-received::ipc", say)
view = WebKit2.WebView(user_content_manager=content)
window = Gtk.Window()
window.add(view)
window.show_all()
view.load_uri("app://localhost/index.html")
Gtk.main()
