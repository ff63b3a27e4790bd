package io.identities.gateway.credentials;

import io.identities.gateway.token.IssuanceCheck;
import io.identities.gateway.token.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Turns an approval into "could not tell" if the gateway would refuse the token of the approved subject. */
final class IssuableCredentialCheck implements OwnedCredentialCheck {

    private final CredentialCheck check;
    private final IssuanceCheck issuance;

    IssuableCredentialCheck(CredentialCheck check, IssuanceCheck issuance) {
        this.check = check;
        this.issuance = issuance;
    }

    @Override
    public Mono<Optional<Subject>> check(Credentials credentials) {
        return check.check(credentials).doOnNext(this::requireIssuable);
    }

    @Override
    public @Nullable Mono<Optional<Subject>> recheck(Subject subject) {
        Mono<Optional<Subject>> asked = check.recheck(subject);
        return asked == null ? null : asked.doOnNext(this::requireIssuable);
    }

    @Override
    public void close() {
        if (check instanceof OwnedCredentialCheck owned) {
            owned.close();
        }
    }

    private void requireIssuable(Optional<Subject> answer) {
        String problem = answer.map(issuance::problem).orElse(null);
        if (problem != null) {
            throw CredentialCheckUnavailableException.unclear("an account with " + problem);
        }
    }
}
