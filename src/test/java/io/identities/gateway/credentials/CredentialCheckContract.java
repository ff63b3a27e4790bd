package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.token.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * What holds for every credential check. The adapter under test knows alice with the password {@code wonderland}, and
 * {@link #TEXTS} as names and passwords.
 */
abstract class CredentialCheckContract {

    static final Duration SOON = Duration.ofSeconds(20);
    static final String NFC = "\u00e9lise";
    static final String NFD = "e\u0301lise";

    /** Names and the passwords of theirs (LOG-14). */
    static final List<Credentials> TEXTS = List.of(
            new Credentials("søren", "SØREN"),
            new Credentials("パス", "パスワード"),
            new Credentials("grin", "\uD83D\uDE00\uD83D\uDD11"),
            new Credentials(NFC, "caf\u00e9"),
            new Credentials(NFD, "cafe\u0301"),
            new Credentials("colon", "a:b:c:"),
            new Credentials("blanks", "  two at each end  "));

    abstract CredentialCheck check();

    static List<Credentials> texts() {
        return TEXTS;
    }

    @Test
    void approvesTheRightPassword() {
        assertThat(ask("alice", "wonderland").map(Subject::name)).contains("alice");
    }

    @Test
    void refusesAWrongPassword() {
        assertThat(ask("alice", "Wonderland")).isEmpty();
    }

    @Test
    void refusesAnUnknownUser() {
        assertThat(ask("mallory", "wonderland")).isEmpty();
    }

    @Test
    void refusesAPasswordWithSomethingAdded() {
        assertThat(ask("alice", "wonderland ")).isEmpty();
        assertThat(ask("alice", "wonderland\0")).isEmpty();
        assertThat(ask("alice", "wonderland\0wonderland")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void log14_takesTextAsItIs(Credentials credentials) {
        assertThat(ask(credentials.username(), credentials.password()).map(Subject::name))
                .contains(credentials.username());
        assertThat(ask(credentials.username(), credentials.password() + "x")).isEmpty();
    }

    @Test
    void log14_keepsNormalFormsApart() {
        assertThat(ask(NFC, "cafe\u0301")).isEmpty();
        assertThat(ask(NFD, "caf\u00e9")).isEmpty();
    }

    @Test
    void answersAsOftenAsItIsSubscribedTo() {
        Mono<Optional<Subject>> answer = check().check(new Credentials("alice", "wonderland"));
        StepVerifier.create(answer)
                .expectNextMatches(Optional::isPresent)
                .expectComplete()
                .verify(SOON);
        StepVerifier.create(answer)
                .expectNextMatches(Optional::isPresent)
                .expectComplete()
                .verify(SOON);
    }

    final Optional<Subject> ask(String username, String password) {
        return answerOf(check().check(new Credentials(username, password)));
    }

    static <T> T answerOf(Mono<T> mono) {
        return mono.timeout(SOON).toFuture().join();
    }

    static CredentialCheckUnavailableException failure(Mono<?> mono) {
        return (CredentialCheckUnavailableException)
                mono.timeout(SOON).toFuture().handle((value, error) -> error).join();
    }
}
