package io.identities.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.identities.gateway.audit.SecurityEvent.Decision;
import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvent.Login;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvent.Renewal;
import io.identities.gateway.audit.SecurityEvent.Revocation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class AuditLogTest {

    private static final Origin ORIGIN = new Origin("192.0.2.7", "r-1");

    private final AuditLog audit = new AuditLog();
    private final Logger logger = (Logger) LoggerFactory.getLogger("identities.audit");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    void loginLeavesOneLine() {
        audit.onEvent(new Login(Outcome.REFUSED, "wrong_credentials", "alice", ORIGIN));

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("login refused reason=wrong_credentials user=alice client=192.0.2.7 request=r-1");
    }

    @Test
    void structuredFormatsGetMembersOfTheirOwn() {
        audit.onEvent(new Renewal(Outcome.ACCEPTED, "renewed", "alice", ORIGIN));

        assertThat(lines.list.get(0).getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .containsExactly(
                        "event.action=renewal",
                        "event.outcome=accepted",
                        "event.reason=renewed",
                        "user.name=alice",
                        "client.ip=192.0.2.7",
                        "http.request.id=r-1");
    }

    @Test
    void revocationWithoutARequestNamesItsScope() {
        audit.onEvent(new Revocation(Outcome.ACCEPTED, "requested", "session", null, null));

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("revocation accepted reason=requested scope=session");
    }

    @Test
    void outageIsAWarning() {
        audit.onEvent(new Login(Outcome.UNDECIDED, "check_unavailable", "alice", ORIGIN));

        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
    }

    @Test
    void decisionOnTrafficIsNotWritten() {
        audit.onEvent(new Decision(Outcome.REFUSED, "expired", Door.PROXY));

        assertThat(lines.list).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nlogin accepted user=root",
                "a\rb",
                "a\u001b[2Jb",
                "a\u0085b",
                "a\u2028b",
                "a\u202eb",
                "a\u200bb",
                "a\u0000b",
                "a\ud800b"
            })
    void textThatCouldForgeALineIsEscaped(String username) {
        audit.onEvent(new Login(Outcome.REFUSED, "wrong_credentials", username, ORIGIN));

        assertThat(lines.list.get(0).getFormattedMessage())
                .contains("user=\"a\\u")
                .matches("[\\x20-\\x7e]+");
    }

    @Test
    void quoteAndBackslashCannotEndTheQuotedName() {
        audit.onEvent(new Login(Outcome.REFUSED, "wrong_credentials", "a\" user=\"root\\", ORIGIN));

        assertThat(lines.list.get(0).getFormattedMessage()).contains("user=\"a\\\" user=\\\"root\\\\\" client=");
    }

    @Test
    void nameIsCutAtABoundedLength() {
        audit.onEvent(new Login(Outcome.REFUSED, "wrong_credentials", "x".repeat(8_000), ORIGIN));

        assertThat(lines.list.get(0).getFormattedMessage()).hasSizeLessThan(400).contains("x...");
    }
}
