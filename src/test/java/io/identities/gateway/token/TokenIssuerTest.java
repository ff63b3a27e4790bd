package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.token.RevocationStore.Verdict;
import io.identities.gateway.token.TokenFixtures.Room;
import io.identities.gateway.token.TokenVerification.Rejected;
import io.identities.gateway.token.TokenVerification.Verified;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {

    private final MutableClock clock = MutableClock.startingNow();
    private final Room room = new Room(clock);

    @Test
    void writesTheClaimsOfTheContract() throws Exception {
        IssuedToken issued = room.audience("api")
                .issuer()
                .issue(new Subject("al\"ice\u00e9\ud83d\ude00", List.of("admin", "a,b"), Map.of("tenant", "t1")));

        SignedJWT jwt = SignedJWT.parse(issued.bearer().compact());
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertThat(jwt.verify(new MACVerifier(RunningGateway.SECRET))).isTrue();
        assertThat(jwt.getHeader().toJSONObject())
                .containsOnly(Map.entry("alg", "HS256"), Map.entry("kid", "default"), Map.entry("typ", "JWT"));
        assertThat(claims.getClaims().keySet())
                .containsExactlyInAnyOrder(
                        "unique_name",
                        "sub",
                        "sid",
                        "iss",
                        "aud",
                        "iat",
                        "nbf",
                        "exp",
                        "jti",
                        "auth_time",
                        "roles",
                        "tenant");
        assertThat(claims.getStringClaim("unique_name"))
                .isEqualTo(claims.getSubject())
                .isEqualTo("al\"ice\u00e9\ud83d\ude00");
        assertThat(claims.getIssuer()).isEqualTo("identities-gateway");
        assertThat(claims.getAudience()).containsExactly("api");
        assertThat(claims.getStringListClaim("roles")).containsExactly("admin", "a,b");
        Date now = Date.from(clock.instant());
        assertThat(claims.getIssueTime()).isEqualTo(now).isEqualTo(claims.getNotBeforeTime());
        assertThat(claims.getExpirationTime())
                .isEqualTo(Date.from(clock.instant().plusSeconds(1800)));
        assertThat(claims.getLongClaim("auth_time")).isEqualTo(clock.instant().getEpochSecond());
    }

    @Test
    void mappedClaimsNeverTakeThePlaceOfTheGatewaysOwn() throws Exception {
        Map<String, Object> forged = Map.of(
                "exp",
                9999999999L,
                "sub",
                "root",
                "unique_name",
                "root",
                "aud",
                "x",
                "roles",
                List.of("admin"),
                "ok",
                1L);

        String token = room.issuer()
                .issue(new Subject("alice", List.of(), forged))
                .bearer()
                .compact();

        JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getStringClaim("unique_name")).isEqualTo("alice");
        assertThat(claims.getAudience()).isEmpty();
        assertThat(claims.getClaim("roles")).isNull();
        assertThat(claims.getExpirationTime())
                .isEqualTo(Date.from(clock.instant().plusSeconds(1800)));
        assertThat(claims.getClaim("ok")).isEqualTo(1L);
    }

    @Test
    void renewalKeepsSessionAndClaimsAndTakesNewRoles() {
        Subject before = new Subject("alice", List.of("user"), Map.of("tenant", Map.of("id", 7L, "tags", List.of())));
        IssuedToken issued = room.issuer().issue(before);
        clock.advance(Duration.ofMinutes(10));
        AccessToken verified = verified(issued);

        IssuedToken renewed = room.issuer()
                .renew(
                        verified,
                        new Subject(
                                "alice", List.of("admin"), verified.subject().claims()))
                .orElseThrow();

        AccessToken again = verified(renewed);
        assertThat(again.sessionId()).isEqualTo(issued.token().sessionId());
        assertThat(again.authTime()).isEqualTo(issued.token().authTime());
        assertThat(again.tokenId()).isNotEqualTo(issued.token().tokenId());
        assertThat(again.issuedAt()).isEqualTo(clock.instant());
        assertThat(again.expiresAt()).isEqualTo(clock.instant().plusSeconds(1800));
        assertThat(again.subject()).isEqualTo(new Subject("alice", List.of("admin"), before.claims()));
        assertThat(verified(issued).tokenId()).isEqualTo(issued.token().tokenId());
    }

    @Test
    void sessionOfALoginThatWasUnderWayWhenItsUserWasRevokedIsRevoked() {
        RevocationStore revocations = TokenFixtures.revocations(clock);
        TokenIssuer issuer = room.revocations(revocations).issuer();
        Subject alice = Subject.named("alice");
        Instant login = clock.instant().plusNanos(1_400_000);
        clock.set(login.plusNanos(200_000));
        revocations
                .revoke(room.terms().userRevocation("alice", clock.instant()))
                .block();
        clock.advance(Duration.ofSeconds(3));

        AccessToken token = issuer.issue(alice, login).token();

        assertThat(token.issuedAt()).isAfter(login);
        assertThat(token.authTime()).isEqualTo(login.truncatedTo(ChronoUnit.MILLIS));
        assertThat(revocations.verdict(token)).isEqualTo(Verdict.REVOKED);
        assertThat(revocations.verdict(issuer.issue(alice, login.plusMillis(1)).token()))
                .isEqualTo(Verdict.GOOD);
    }

    @Test
    @DisplayName("LOG-08 fifty renewals at once all succeed, and every token is good")
    void log08() throws Exception {
        TokenIssuer issuer = room.issuer();
        IssuedToken issued = issuer.issue(Subject.named("alice"));
        Set<String> ids = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            var renewals = IntStream.range(0, 50)
                    .mapToObj(i -> (Callable<IssuedToken>)
                            () -> issuer.renew(issued.token(), issued.token().subject())
                                    .orElseThrow())
                    .toList();
            for (var renewal : threads.invokeAll(renewals)) {
                ids.add(verified(renewal.get()).tokenId());
            }
        } finally {
            threads.shutdown();
        }
        assertThat(ids).hasSize(50);
        assertThat(verified(issued)).isNotNull();
    }

    @Test
    @DisplayName("LOG-09 (b) no chain of renewals passes the session limit, counted from the login")
    void log09_limit() {
        TokenIssuer issuer = room.issuer();
        AccessToken token = issuer.issue(Subject.named("alice")).token();
        Instant end = clock.instant().plus(Duration.ofHours(12));
        while (clock.instant().isBefore(end)) {
            assertThat(token.expiresAt()).isBeforeOrEqualTo(end);
            clock.advance(Duration.ofMinutes(25));
            var renewed = issuer.renew(token, token.subject());
            assertThat(renewed.isPresent()).isEqualTo(clock.instant().isBefore(end));
            token = renewed.map(IssuedToken::token).orElse(token);
        }
        assertThat(token.expiresAt()).isEqualTo(end);
        assertThat(issuer.renew(token, token.subject())).isEmpty();
    }

    @Test
    void onlyOwnTokensWithSessionAndLoginTimeCanBeRenewed() {
        Instant now = clock.instant();
        TokenIssuer issuer = room.issuer();
        Subject alice = Subject.named("alice");

        assertThat(issuer.renew(TokenFixtures.accessToken("alice", false, "j", "s", now, now), alice))
                .isEmpty();
        assertThat(issuer.renew(TokenFixtures.accessToken("alice", true, "j", null, now, now), alice))
                .isEmpty();
        assertThat(issuer.renew(TokenFixtures.accessToken("alice", true, "j", "s", null, now), alice))
                .isEmpty();
        assertThat(issuer.renew(TokenFixtures.accessToken("alice", true, "j", "s", now, now), alice))
                .isPresent();
    }

    @Test
    void whatIsRevokedWhileItsAccountIsLookedUpIsNotRenewed() {
        RevocationStore revocations = TokenFixtures.revocations(clock);
        TokenIssuer issuer = room.revocations(revocations).issuer();
        AccessToken token = verified(issuer.issue(Subject.named("alice")));

        revocations
                .revoke(TokenFixtures.terms().tokenRevocation(token.tokenId(), clock.instant()))
                .block();

        assertThat(issuer.renew(token, token.subject())).isEmpty();
    }

    @Test
    void whoseKeyIsTakenAwayWhileTheAccountIsLookedUpIsNotRenewed() {
        AccessToken token = verified(room.issuer().issue(Subject.named("alice")));
        TokenIssuer issuer = room.keys(KeyFixtures.secret("another-" + RunningGateway.SECRET, clock))
                .issuer();

        assertThat(issuer.renew(token, token.subject())).isEmpty();
    }

    @Test
    void revokeOnRenewalLetsTheOldTokenLiveThroughTheGraceOnly() {
        Room strict = room.revokeOnRenewal(Duration.ofSeconds(30));
        TokenVerifier verifier = strict.verifier();
        IssuedToken first = strict.issuer().issue(Subject.named("alice"));
        clock.advance(Duration.ofMinutes(5));
        IssuedToken second =
                strict.issuer().renew(first.token(), first.token().subject()).orElseThrow();
        IssuedToken parallel =
                strict.issuer().renew(first.token(), first.token().subject()).orElseThrow();

        clock.advance(Duration.ofSeconds(29));
        assertThat(verifier.verifyAtOnce(first.bearer())).isInstanceOf(Verified.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(verifier.verifyAtOnce(first.bearer())).isEqualTo(new Rejected(TokenProblem.REVOKED));
        assertThat(verifier.verifyAtOnce(second.bearer())).isInstanceOf(Verified.class);
        assertThat(verifier.verifyAtOnce(parallel.bearer())).isInstanceOf(Verified.class);
        assertThat(verifier.stillHolds(first.token())).as("a stream goes on").isTrue();
    }

    @Test
    void revokeOnRenewalHoldsForAsLongAsTheOldTokenWouldHaveLived() {
        Room longer = new Room(clock).lifetime(Duration.ofHours(8));
        IssuedToken first = longer.issuer().issue(Subject.named("alice"));
        RevocationStore revocations = TokenFixtures.revocations(clock);
        Room strict = room.revocations(revocations).revokeOnRenewal(Duration.ofSeconds(30));
        TokenVerifier verifier = strict.verifier();
        clock.advance(Duration.ofMinutes(5));
        strict.issuer().renew(first.token(), first.token().subject());

        clock.advance(Duration.ofHours(7));
        // Which sweeps out what is over.
        revocations.status();

        assertThat(verifier.verifyAtOnce(first.bearer())).isEqualTo(new Rejected(TokenProblem.REVOKED));
    }

    @Test
    void revokeOnRenewalNeverRefusesTheYoungestTokenWhereAClockIsSetBack() {
        Room strict = room.revokeOnRenewal(Duration.ofSeconds(30));
        AccessToken first = strict.issuer().issue(Subject.named("alice")).token();
        clock.advance(Duration.ofSeconds(10));
        AccessToken second =
                strict.issuer().renew(first, first.subject()).orElseThrow().token();
        clock.advance(Duration.ofSeconds(-4));

        IssuedToken third = strict.issuer().renew(second, second.subject()).orElseThrow();

        assertThat(third.token().issuedAt()).isEqualTo(second.issuedAt());
        clock.advance(Duration.ofMinutes(1));
        assertThat(strict.verifier().verifyAtOnce(third.bearer())).isInstanceOf(Verified.class);
    }

    @Test
    void revokeOnRenewalIsNotPutOffByRenewingWithoutPause() {
        RevocationStore revocations = TokenFixtures.revocations(clock);
        Room strict = room.revocations(revocations).revokeOnRenewal(Duration.ofSeconds(30));
        TokenIssuer issuer = strict.issuer();
        IssuedToken first = issuer.issue(Subject.named("alice"));
        AccessToken latest = first.token();
        for (int second = 0; second < 120; second++) {
            clock.advance(Duration.ofSeconds(1));
            latest = issuer.renew(latest, latest.subject()).orElseThrow().token();
        }
        assertThat(revocations.verdict(first.token())).isEqualTo(Verdict.SUPERSEDED);
        assertThat(revocations.verdict(latest)).isEqualTo(Verdict.GOOD);
    }

    @Test
    void aStoreThatDoesNotConfirmFailsNoRenewal() {
        Room strict = room.revocations(new CountingRevocations()).revokeOnRenewal(Duration.ofSeconds(30));
        AccessToken token = strict.issuer().issue(Subject.named("alice")).token();

        assertThat(strict.issuer().renew(token, token.subject())).isPresent();
    }

    @Test
    void sessionIdsTellTheLoginToTheMillisecondAndNeverRepeat() {
        Set<String> ids = new HashSet<>();
        Instant login = clock.instant().plusMillis(123);
        for (int i = 0; i < 1000; i++) {
            ids.add(SessionId.begin(login));
        }
        String sid = ids.iterator().next();
        Instant seconds = Instant.ofEpochSecond(login.getEpochSecond());

        assertThat(ids).hasSize(1000);
        assertThat(UUID.fromString(sid).version()).isEqualTo(7);
        assertThat(UUID.fromString(sid).variant()).isEqualTo(2);
        assertThat(SessionId.refine(sid, seconds)).isEqualTo(login);
        assertThat(SessionId.refine(sid, seconds.plusSeconds(1))).isEqualTo(seconds.plusSeconds(1));
        assertThat(SessionId.refine("short", seconds)).isEqualTo(seconds);
        assertThat(SessionId.refine(UUID.randomUUID().toString(), seconds)).isEqualTo(seconds);
        assertThat(SessionId.refine(sid.replaceFirst("^.", "z"), seconds)).isEqualTo(seconds);
        assertThat(SessionId.refine("zzzzzzzz-zzzz-7zzz-zzzz-zzzzzzzzzzzz", seconds))
                .isEqualTo(seconds);
    }

    private AccessToken verified(IssuedToken issued) {
        return ((Verified) Objects.requireNonNull(room.verifier().verifyAtOnce(issued.bearer()))).token();
    }
}
