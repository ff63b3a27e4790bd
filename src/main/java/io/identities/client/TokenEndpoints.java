package io.identities.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/** The gateway's own endpoints, one method each. Futures never fail: a failure is part of the value. */
final class TokenEndpoints {

    private final HttpClient http;
    private final Addresses addresses;
    private final Credentials credentials;
    private final Duration timeout;
    private final Clock clock;

    TokenEndpoints(HttpClient http, Addresses addresses, Credentials credentials, Duration timeout, Clock clock) {
        this.http = http;
        this.addresses = addresses;
        this.credentials = credentials;
        this.timeout = timeout;
        this.clock = clock;
    }

    record Addresses(URI authenticate, URI renewToken, URI revokeToken) {}

    /** Calls the password supplier in the calling thread. */
    CompletableFuture<Reply> login() {
        byte[] body;
        try {
            body = credentials.loginBody();
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(
                    new Reply(true, null, Failure.unavailable("The password could not be read", e)));
        }
        HttpRequest request = to(addresses.authenticate())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return ask(request, true, "The login").whenComplete((reply, problem) -> Arrays.fill(body, (byte) 0));
    }

    CompletableFuture<Reply> renew(String token) {
        HttpRequest request = bearer(addresses.renewToken(), token).GET().build();
        return ask(request, false, "The renewal");
    }

    /** Completes with null if the session has ended, else with the reason why it may not have. */
    CompletableFuture<Failure> revoke(String token) {
        HttpRequest request = bearer(addresses.revokeToken(), token)
                .POST(BodyPublishers.noBody())
                .build();
        return exchange(
                request,
                // A token that the gateway refuses need not be revoked.
                answer -> answer.status() == 204 || answer.status() == 401
                        ? null
                        : Failure.of("The revocation was not done", answer, clock.instant()),
                problem -> Failure.unavailable("The gateway could not be reached", problem));
    }

    private CompletableFuture<Reply> ask(HttpRequest request, boolean login, String what) {
        Instant asked = clock.instant();
        return exchange(
                request,
                answer -> reply(answer, asked, login, what),
                problem -> new Reply(
                        login, null, Failure.unavailable(what + " failed: no answer of the gateway", problem)));
    }

    private Reply reply(Answer answer, Instant asked, boolean login, String what) {
        if (answer.status() != 200) {
            return new Reply(login, null, Failure.of(what + " was not granted", answer, clock.instant()));
        }
        return IssuedToken.read(answer, asked)
                .map(issued -> new Reply(login, issued, null))
                .orElseGet(() -> new Reply(
                        login,
                        null,
                        Failure.unreadable(what + " was answered without a token that can be read", answer)));
    }

    private <T> CompletableFuture<T> exchange(
            HttpRequest request, Function<Answer, T> answered, Function<Throwable, T> failed) {
        return send(request)
                .exceptionallyCompose(
                        problem -> isLostConnection(problem) ? send(request) : CompletableFuture.failedFuture(problem))
                .handle((response, problem) ->
                        problem == null ? answered.apply(new Answer(response)) : failed.apply(unwrap(problem)));
    }

    /** The request's own time-out ends with the head of the response; this one covers its body too. */
    private CompletableFuture<HttpResponse<byte[]>> send(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(request, BoundedBody.handler());
        return sent.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).whenComplete((response, problem) -> {
            if (problem instanceof TimeoutException) {
                sent.cancel(true);
            }
        });
    }

    private HttpRequest.Builder to(URI address) {
        return HttpRequest.newBuilder(address).timeout(timeout).header("Accept", "application/json");
    }

    private HttpRequest.Builder bearer(URI address, String token) {
        return to(address).header("Authorization", "Bearer " + token);
    }

    /** A failure of a kept-alive connection that the peer has closed says nothing about the gateway. */
    private static boolean isLostConnection(Throwable problem) {
        Throwable cause = unwrap(problem);
        return cause instanceof IOException
                && !(cause instanceof ConnectException)
                && !(cause instanceof HttpTimeoutException)
                && !(cause instanceof SSLException)
                && !(cause instanceof BoundedBody.TooLongException);
    }

    private static Throwable unwrap(Throwable problem) {
        return problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
    }
}
