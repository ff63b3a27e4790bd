package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.token.RevocationStore.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.StepVerifier;

/** What every {@link RevocationStore} promises. */
@Timeout(60)
abstract class RevocationStoreContract {

    final MutableClock clock = MutableClock.startingNow();

    /** A store that is ready. */
    abstract RevocationStore store();

    @Test
    void nothingIsRevokedAtFirst() {
        assertThat(store().verdict(token("alice", "s1", "t1"))).isEqualTo(Verdict.GOOD);
        assertThat(store().status()).isEqualTo(new RevocationStore.Status(true, true, 0, 0, 0));
    }

    @Test
    void aRevokedSessionIsRevokedWithAllItsTokensAndNoOther() {
        revoke(new Revocation.OfSession("s1", inAnHour()));

        assertThat(store().verdict(token("alice", "s1", "t1"))).isEqualTo(Verdict.REVOKED);
        assertThat(store().verdict(token("alice", "s1", "t2"))).isEqualTo(Verdict.REVOKED);
        assertThat(store().verdict(token("alice", "s2", "t3"))).isEqualTo(Verdict.GOOD);
        assertThat(store().verdict(token("alice", null, "t4"))).isEqualTo(Verdict.GOOD);
        assertThat(store().status().sessions()).isEqualTo(1);
    }

    @Test
    void aRevokedTokenIsRevokedAlone() {
        revoke(new Revocation.OfToken("t1", inAnHour()));

        assertThat(store().verdict(token("alice", "s1", "t1"))).isEqualTo(Verdict.REVOKED);
        assertThat(store().verdict(token("alice", "s1", "t2"))).isEqualTo(Verdict.GOOD);
        assertThat(store().status().tokens()).isEqualTo(1);
    }

    @Test
    void aLoginAfterTheMomentIsGoodAndOneUpToItIsNot() {
        Instant moment = clock.instant().plusMillis(500);
        revoke(new Revocation.OfUser("al:ice", moment, inAnHour()));

        assertThat(store().verdict(login("al:ice", moment.minusMillis(1)))).isEqualTo(Verdict.REVOKED);
        assertThat(store().verdict(login("al:ice", moment))).isEqualTo(Verdict.REVOKED);
        assertThat(store().verdict(login("al:ice", moment.plusMillis(1)))).isEqualTo(Verdict.GOOD);
        assertThat(store().verdict(login("bob", moment.minusMillis(1)))).isEqualTo(Verdict.GOOD);
        assertThat(store().status().users()).isEqualTo(1);
    }

    @Test
    void withoutLoginTimeTheTimeOfIssueCounts() {
        revoke(new Revocation.OfUser("alice", clock.instant(), inAnHour()));

        assertThat(store().verdict(TokenFixtures.accessToken(
                        "alice", true, "t", null, null, clock.instant().minusSeconds(1))))
                .isEqualTo(Verdict.REVOKED);
        assertThat(store().verdict(TokenFixtures.accessToken(
                        "alice", true, "t", null, null, clock.instant().plusSeconds(1))))
                .isEqualTo(Verdict.GOOD);
    }

    @Test
    void theLaterMomentForAUserWinsWhateverComesFirst() {
        Instant moment = clock.instant();
        revoke(new Revocation.OfUser("alice", moment, inAnHour()));
        revoke(new Revocation.OfUser(
                "alice", moment.minusSeconds(60), inAnHour().plusSeconds(60)));
        revoke(new Revocation.OfUser("alice", moment.minusSeconds(120), inAnHour()));

        assertThat(store().verdict(login("alice", moment))).isEqualTo(Verdict.REVOKED);
        clock.advance(Duration.ofMinutes(60).plusSeconds(30));
        revoke(new Revocation.OfToken("other", inAnHour()));
        assertThat(store().verdict(login("alice", moment))).isEqualTo(Verdict.REVOKED);
    }

    @Test
    void supersededTokensAreRefusedOnceTheGraceIsOver() {
        Instant renewal = clock.instant();
        AccessToken old = issued("s1", renewal.minusSeconds(60));
        AccessToken renewed = issued("s1", renewal);
        revoke(new Revocation.Superseded("s1", renewal, renewal.plusSeconds(30), inAnHour()));

        assertThat(store().verdict(old)).isEqualTo(Verdict.GOOD);
        clock.advance(Duration.ofSeconds(30));
        assertThat(store().verdict(old)).isEqualTo(Verdict.SUPERSEDED);
        assertThat(store().verdict(renewed)).isEqualTo(Verdict.GOOD);
        assertThat(store().verdict(issued("s2", renewal.minusSeconds(60)))).isEqualTo(Verdict.GOOD);
    }

    @Test
    void laterRenewalShortensNothingThatAnEarlierOneHasEnded() {
        Instant renewal = clock.instant();
        AccessToken old = issued("s1", renewal.minusSeconds(60));
        Instant longLived = renewal.plus(Duration.ofHours(8));
        revoke(new Revocation.Superseded("s1", renewal, renewal.plusSeconds(30), longLived));
        for (int i = 1; i <= 3; i++) {
            clock.advance(Duration.ofMinutes(1));
            Instant now = clock.instant();
            revoke(new Revocation.Superseded("s1", now, now.plusSeconds(30), inAnHour()));
        }

        clock.advance(Duration.ofHours(7));
        revoke(new Revocation.OfToken("other", inAnHour()));

        assertThat(store().verdict(old)).isEqualTo(Verdict.SUPERSEDED);
        assertThat(store().verdict(issued("s1", renewal.plus(Duration.ofMinutes(3)))))
                .isEqualTo(Verdict.GOOD);
        clock.set(longLived);
        revoke(new Revocation.OfToken("another", inAnHour()));
        assertThat(store().verdict(old)).isEqualTo(Verdict.GOOD);
    }

    @Test
    void anEntryHoldsUpToItsEndAndIsForgottenThen() {
        revoke(new Revocation.OfSession("s1", inAnHour()));
        revoke(new Revocation.OfToken("t1", inAnHour()));
        revoke(new Revocation.OfUser("alice", clock.instant(), inAnHour()));
        revoke(new Revocation.Superseded("s1", clock.instant(), clock.instant(), inAnHour()));

        clock.advance(Duration.ofMinutes(59));
        assertThat(store().status())
                .extracting(
                        RevocationStore.Status::sessions, RevocationStore.Status::tokens, RevocationStore.Status::users)
                .containsExactly(1L, 1L, 1L);
        clock.advance(Duration.ofMinutes(2));
        assertThat(store().status())
                .extracting(
                        RevocationStore.Status::sessions, RevocationStore.Status::tokens, RevocationStore.Status::users)
                .containsExactly(0L, 0L, 0L);
    }

    @Test
    void whatIsOverAlreadyIsNotTakenIn() {
        revoke(new Revocation.OfSession("s1", clock.instant()));

        assertThat(store().verdict(token("alice", "s1", "t1"))).isEqualTo(Verdict.GOOD);
    }

    @Test
    void theSameEntryTwiceIsOneAndTheLongerOneCounts() {
        revoke(new Revocation.OfSession("s1", inAnHour()));
        revoke(new Revocation.OfSession("s1", inAnHour().plusSeconds(600)));
        revoke(new Revocation.OfSession("s1", inAnHour()));

        assertThat(store().status().sessions()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(65));
        revoke(new Revocation.OfToken("other", inAnHour()));
        assertThat(store().verdict(token("alice", "s1", "t1"))).isEqualTo(Verdict.REVOKED);
    }

    @Test
    void listenersHearOfEachNewRevocationOnceAndAFailingOneHindersNobody() throws Exception {
        List<Revocation> heard = new CopyOnWriteArrayList<>();
        store().onRevocation(revocation -> {
            throw new IllegalStateException("a listener's own fault");
        });
        AutoCloseable subscription = store().onRevocation(heard::add);
        Revocation session = new Revocation.OfSession("s1", inAnHour());

        revoke(session);
        revoke(session);
        revoke(new Revocation.Superseded("s1", clock.instant(), clock.instant(), inAnHour()));
        subscription.close();
        revoke(new Revocation.OfSession("s2", inAnHour()));

        assertThat(heard).containsExactly(session);
    }

    @Test
    void oneSessionThatRenewsWithoutPauseKeepsFewWatermarksAndStaysExact() {
        Instant begin = clock.instant();
        AccessToken first = issued("s1", begin.minusSeconds(1));
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofSeconds(1));
            Instant now = clock.instant();
            revoke(new Revocation.Superseded("s1", now, now.plusSeconds(20), now.plusSeconds(3600)));
        }
        assertThat(store().verdict(first)).isEqualTo(Verdict.SUPERSEDED);
        assertThat(store().verdict(issued("s1", clock.instant()))).isEqualTo(Verdict.GOOD);
        clock.advance(Duration.ofSeconds(20));
        assertThat(store().verdict(issued("s1", clock.instant().minusSeconds(21))))
                .isEqualTo(Verdict.SUPERSEDED);
    }

    final void revoke(Revocation revocation) {
        StepVerifier.create(store().revoke(revocation)).expectComplete().verify(Duration.ofSeconds(10));
    }

    final Instant inAnHour() {
        return clock.instant().plusSeconds(3600);
    }

    final AccessToken token(String name, @org.jspecify.annotations.Nullable String sid, String id) {
        return TokenFixtures.accessToken(name, true, id, sid, clock.instant(), clock.instant());
    }

    private AccessToken login(String name, Instant authTime) {
        return TokenFixtures.accessToken(name, true, "t", "s", authTime, clock.instant());
    }

    final AccessToken issued(String sid, Instant issuedAt) {
        return TokenFixtures.accessToken("alice", true, "t", sid, issuedAt, issuedAt);
    }
}
