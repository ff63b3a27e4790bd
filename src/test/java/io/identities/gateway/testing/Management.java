package io.identities.gateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Talks to the management port as an operator does. */
public final class Management {

    /** What {@link #tokenFile} holds. */
    public static final String TOKEN = "management-token-of-a-test-9c1f";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final RunningGateway gateway;

    public Management(RunningGateway gateway) {
        this.gateway = gateway;
    }

    /** A file below {@code folder} with {@link #TOKEN} and a line end. */
    public static Path tokenFile(Path folder) throws IOException {
        return Files.writeString(folder.resolve("management-token"), TOKEN + "\n");
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    /** {@code POST} of JSON with the management token. */
    public HttpResponse<String> post(String path, String json) {
        return send(request(path, "Content-Type", "application/json", "X-Management-Token", TOKEN)
                .POST(BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> send(String method, String path, String body, String... headers) {
        return send(request(path, headers).method(method, BodyPublishers.ofString(body)));
    }

    /** The text of the Prometheus scrape. */
    public String scrape() {
        return get("/actuator/prometheus").body();
    }

    private HttpRequest.Builder request(String path, String... headers) {
        URI uri = gateway.managementUri(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(15));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private static HttpResponse<String> send(HttpRequest.Builder prepared) {
        HttpRequest request = prepared.build();
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("No answer from " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
