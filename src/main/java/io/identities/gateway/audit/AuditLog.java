package io.identities.gateway.audit;

import io.identities.gateway.audit.SecurityEvent.Login;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvent.Renewal;
import io.identities.gateway.audit.SecurityEvent.Revocation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes one line per login, renewal and revocation, refused or not, to the logger {@code identities.audit}. The line
 * reads {@code login refused reason=… user=… client=… request=…}; structured formats get separate fields (named by the
 * Elastic Common Schema). Decisions on traffic are counted, not written here.
 */
final class AuditLog implements SecurityEvents.Listener {

    private static final Logger log = LoggerFactory.getLogger("identities.audit");

    @Override
    public void onEvent(SecurityEvent event) {
        if (event instanceof Login login) {
            write("login", login, null, login.username(), login.origin());
        } else if (event instanceof Renewal renewal) {
            write("renewal", renewal, null, renewal.username(), renewal.origin());
        } else if (event instanceof Revocation revocation) {
            write("revocation", revocation, revocation.scope(), revocation.username(), revocation.origin());
        }
    }

    private static void write(
            String action,
            SecurityEvent event,
            @Nullable String scope,
            @Nullable String username,
            @Nullable Origin origin) {
        String outcome = event.outcome().name().toLowerCase(Locale.ROOT);
        LogLine line = new LogLine(log.atLevel(level(event.outcome())));
        line.say(action);
        line.say(outcome);
        line.member(EcsField.ACTION, action);
        line.member(EcsField.OUTCOME, outcome);
        line.add("reason", EcsField.REASON, event.reason());
        line.add("scope", EcsField.SCOPE, scope);
        line.add("user", EcsField.USER, username);
        if (origin != null) {
            line.add("client", EcsField.CLIENT, origin.clientAddress());
            line.add("request", EcsField.REQUEST_ID, origin.requestId());
        }
        line.write();
    }

    private static Level level(Outcome outcome) {
        return outcome == Outcome.UNDECIDED ? Level.WARN : Level.INFO;
    }
}
