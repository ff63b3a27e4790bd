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
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line per login, renewal and revocation, refused or not, on the logger {@code identities.audit}. The line reads
 * {@code login refused reason=… user=… client=… request=…}; structured formats get the same as members of their own
 * (names of the Elastic Common Schema). Decisions on traffic are counted, not written here.
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
        Line line = new Line(log.atLevel(level(event.outcome())), action, event.outcome());
        line.add("reason", "event.reason", event.reason());
        line.add("scope", "identities.scope", scope);
        line.add("user", "user.name", username);
        if (origin != null) {
            line.add("client", "client.ip", origin.clientAddress());
            line.add("request", "http.request.id", origin.requestId());
        }
        line.write();
    }

    private static Level level(Outcome outcome) {
        return outcome == Outcome.UNDECIDED ? Level.WARN : Level.INFO;
    }

    private static final class Line {

        private LoggingEventBuilder event;
        private final StringBuilder text;

        Line(LoggingEventBuilder event, String action, Outcome outcome) {
            String result = outcome.name().toLowerCase(Locale.ROOT);
            this.event = event.addKeyValue("event.action", action).addKeyValue("event.outcome", result);
            this.text = new StringBuilder(160).append(action).append(' ').append(result);
        }

        void add(String name, String member, @Nullable String value) {
            if (value == null) {
                return;
            }
            String safe = LogText.of(value);
            event = event.addKeyValue(member, safe);
            text.append(' ').append(name).append('=').append(LogText.quoted(safe));
        }

        void write() {
            event.log(text.toString());
        }
    }
}
