package io.identities.gateway.session;

import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.credentials.Authenticator;
import io.identities.gateway.credentials.Credentials;
import io.identities.gateway.credentials.LoginAttempt;
import io.identities.gateway.credentials.LoginOutcome;
import io.identities.gateway.credentials.LoginOutcome.Unavailable;
import io.identities.gateway.http.AccessNotes;
import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.token.TokenIssuer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * {@code POST /api/v1/authenticate}: a username and a password for a token. Ignores any {@code Authorization} header.
 */
final class LoginEndpoint implements LocalEndpoint.Answer {

    static final int MAX_BODY = 8 * 1024;

    private static final Refusal WRONG = Refusal.of(ProblemCode.INVALID_CREDENTIALS);
    private static final Refusal UNREADABLE = Refusal.of(ProblemCode.INVALID_REQUEST);
    private static final Refusal TOO_LARGE = Refusal.of(ProblemCode.BODY_TOO_LARGE);
    private static final Refusal TOO_SLOW = Refusal.of(ProblemCode.REQUEST_TIMEOUT);
    private static final Refusal NOT_JSON = Refusal.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE);

    private static final Refusal THROTTLED = Refusal.of(ProblemCode.TOO_MANY_ATTEMPTS);

    private final Authenticator authenticator;
    private final TokenIssuer issuer;
    private final Clock clock;

    LoginEndpoint(Authenticator authenticator, TokenIssuer issuer, Clock clock) {
        this.authenticator = authenticator;
        this.issuer = issuer;
        this.clock = clock;
    }

    @Override
    public Mono<Void> to(ServerWebExchange exchange) {
        if (!isJson(exchange.getRequest().getHeaders())) {
            return NOT_JSON.send(exchange);
        }
        return BoundedBody.of(exchange.getRequest(), MAX_BODY)
                .flatMap(body -> logIn(exchange, body))
                .onErrorResume(BoundedBody.TooLarge.class, tooLarge -> TOO_LARGE.send(exchange))
                .onErrorResume(BoundedBody.TooSlow.class, tooSlow -> TOO_SLOW.send(exchange));
    }

    private Mono<Void> logIn(ServerWebExchange exchange, byte[] body) {
        Credentials credentials = LoginBody.read(body);
        if (credentials == null) {
            return UNREADABLE.send(exchange);
        }
        RequestContext context = RequestContext.of(exchange);
        Instant began = clock.instant();
        return authenticator
                .authenticate(new LoginAttempt(credentials, context.client(), context.origin()))
                .single()
                .flatMap(outcome -> answer(exchange, context.notes(), credentials.username(), began, outcome));
    }

    private Mono<Void> answer(
            ServerWebExchange exchange, AccessNotes notes, String tried, Instant began, LoginOutcome outcome) {
        String reason = outcome.reason().code();
        return outcome.fold(
                subject -> {
                    notes.decided(Outcome.ACCEPTED, reason, subject.name());
                    return TokenResponse.send(exchange, issuer.issue(subject, began));
                },
                () -> {
                    notes.decided(Outcome.REFUSED, reason, tried);
                    return WRONG.send(exchange);
                },
                wait -> {
                    notes.decided(Outcome.THROTTLED, reason, tried);
                    return THROTTLED.retryAfter(wait).send(exchange);
                },
                outage -> {
                    notes.decided(Outcome.UNDECIDED, reason, tried);
                    return unavailable(outage).send(exchange);
                });
    }

    private static Refusal unavailable(Unavailable outage) {
        ProblemCode code =
                outage.timedOut() ? ProblemCode.CREDENTIAL_CHECK_TIMEOUT : ProblemCode.CREDENTIAL_CHECK_UNAVAILABLE;
        return Refusal.of(code).retryAfter(outage.retryAfter());
    }

    private static boolean isJson(HttpHeaders headers) {
        String encoding = headers.getFirst(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return false;
        }
        try {
            MediaType type = headers.getContentType();
            return type != null && isJson(type);
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static boolean isJson(MediaType type) {
        Charset charset = type.getCharset();
        boolean utf8 =
                charset == null || charset.equals(StandardCharsets.UTF_8) || charset.equals(StandardCharsets.US_ASCII);
        return utf8 && type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON);
    }
}
