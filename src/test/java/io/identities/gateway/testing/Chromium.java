package io.identities.gateway.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium with one tab, driven over the DevTools protocol. It resolves no name, so that it reaches nothing
 * but this machine; whatever the page asked for and complained about is kept.
 */
public final class Chromium implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final String session;

    private Chromium(Process process, URI devTools) {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(devTools, new Messages())
                .join();
        String target = call(null, "Target.createTarget", Map.of("url", "about:blank"))
                .path("targetId")
                .asString();
        this.session = call(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .path("sessionId")
                .asString();
        List.of("Page", "Runtime", "Network", "Log").forEach(domain -> call(domain + ".enable", Map.of()));
    }

    /** @param folder for its profile, of this run only */
    public static Chromium start(Path folder) throws IOException {
        Path log = folder.resolve("chromium.log");
        Process process = new ProcessBuilder(
                        RequiredServers.chromium().toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            return new Chromium(
                    process, URI.create(await().atMost(PATIENCE).until(() -> address(log), Objects::nonNull)));
        } catch (RuntimeException e) {
            end(process);
            throw new IllegalStateException("Chromium does not start: " + Files.readString(log), e);
        }
    }

    /** Opens a page and waits until it is loaded. */
    public void open(URI address) {
        call("Page.navigate", Map.of("url", address.toString()));
        await().atMost(PATIENCE)
                .until(() -> evaluate("location.href + ' ' + document.readyState")
                        .asString()
                        .equals(address + " complete"));
    }

    /** The value of an expression, or of what it promises. */
    public JsonNode evaluate(String expression) {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(
                    expression + ": " + answer.path("exceptionDetails").path("exception"));
        }
        return answer.path("result").path("value");
    }

    /** The text of the first element that the selector finds; empty where there is none. */
    public String text(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ")?.innerText ?? ''")
                .asString();
    }

    /** Types into whatever has the focus, as a keyboard does. */
    public void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /** Presses one key: {@code Tab}, {@code Enter} or {@code Space}. */
    public void press(String key) {
        String text = key.equals("Enter") ? "\r" : key.equals("Space") ? " " : "";
        int code = key.equals("Enter") ? 13 : key.equals("Space") ? 32 : 9;
        String name = key.equals("Space") ? " " : key;
        call(
                "Input.dispatchKeyEvent",
                Map.of(
                        "type",
                        text.isEmpty() ? "rawKeyDown" : "keyDown",
                        "key",
                        name,
                        "code",
                        key,
                        "text",
                        text,
                        "windowsVirtualKeyCode",
                        code));
        call(
                "Input.dispatchKeyEvent",
                Map.of("type", "keyUp", "key", name, "code", key, "windowsVirtualKeyCode", code));
    }

    /** The size of the screen in CSS pixels. */
    public void resize(int width, int height) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** Errors and warnings of the console, and exceptions that nobody caught. */
    public List<String> complaints() {
        return new ArrayList<>(complaints);
    }

    /** The address of every request, in order. */
    public List<String> requests() {
        return new ArrayList<>(requests);
    }

    @Override
    public void close() {
        socket.abort();
        end(process);
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        return call(session, method, parameters);
    }

    private JsonNode call(String ofSession, String method, Map<String, ?> parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", id);
        message.put("method", method);
        message.put("params", parameters);
        if (ofSession != null) {
            message.put("sessionId", ofSession);
        }
        socket.sendText(JsonMapper.shared().writeValueAsString(message), true).join();
        JsonNode found =
                answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        if (found.has("error")) {
            throw new IllegalStateException(method + ": " + found.path("error"));
        }
        return found.path("result");
    }

    private void received(JsonNode message) {
        if (message.has("id")) {
            answers.remove(message.path("id").asInt()).complete(message);
            return;
        }
        JsonNode parameters = message.path("params");
        switch (message.path("method").asString("")) {
            case "Network.requestWillBeSent" ->
                requests.add(parameters.path("request").path("url").asString());
            case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
            case "Runtime.consoleAPICalled" -> complain(parameters, parameters.path("type"));
            case "Log.entryAdded" ->
                complain(parameters, parameters.path("entry").path("level"));
            default -> {
                // Not looked at.
            }
        }
    }

    private void complain(JsonNode parameters, JsonNode level) {
        if (List.of("error", "warning", "assert").contains(level.asString(""))) {
            complaints.add(parameters.toString());
        }
    }

    private static String address(Path log) {
        try {
            Matcher found = LISTENING.matcher(Files.readString(log));
            return found.find() ? found.group(1) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    /** A wrapper script may stand before the browser, which has children of its own. */
    private static void end(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }

    private final class Messages implements WebSocket.Listener {

        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                JsonNode whole = JsonMapper.shared().readTree(message.toString());
                message.setLength(0);
                received(whole);
            }
            from.request(1);
            return null;
        }
    }
}
