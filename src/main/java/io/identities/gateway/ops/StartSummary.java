package io.identities.gateway.ops;

import io.identities.gateway.access.AccessRules;
import io.identities.gateway.audit.LogText;
import io.identities.gateway.http.GatewayMode;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.keys.TrustedIssuers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;

/** The effective configuration in a few lines: endpoints, rules, keys by id, checks, limits. Contains no secret. */
final class StartSummary {

    private final EffectiveSettings settings;
    private final GatewayMode mode;
    private final LocalDoors doors;
    private final AccessRules rules;
    private final KeyRotation keys;
    private final TrustedIssuers issuers;
    private final ManagementToken token;

    StartSummary(
            Environment environment,
            GatewayMode mode,
            LocalDoors doors,
            AccessRules rules,
            KeyRotation keys,
            TrustedIssuers issuers,
            ManagementToken token) {
        this.settings = new EffectiveSettings(environment);
        this.mode = mode;
        this.doors = doors;
        this.rules = rules;
        this.keys = keys;
        this.issuers = issuers;
        this.token = token;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Doors: " + backend() + "; answered here"
                + (doors.basePath().isEmpty() ? "" : " below " + doors.basePath()) + ": "
                + doors.doors().stream().map(LocalDoors.Door::toString).collect(Collectors.joining(", ")));
        lines.add("Rules: " + String.join("; ", rules.describe()));
        lines.add("Keys: " + keys.current().verifiers().all() + ", "
                + keys.signer().id() + " signs; trusted issuers: "
                + issuers.all().stream().map(TrustedIssuer::name).toList());
        lines.add("Logins: " + credentialCheck() + "; throttle "
                + (settings.isOn("identities.credentials.throttle.enabled") ? "on" : "off"));
        lines.add("Tokens: lifetime " + settings.text("identities.token.lifetime") + ", session limit "
                + settings.text("identities.token.session-limit") + ", clock skew "
                + settings.text("identities.token.clock-skew") + "; shared state: " + sharedState());
        lines.add("Limits: request head " + settings.text("identities.headers.max-size") + ", backend connections "
                + settings.text("identities.backend.max-connections") + ", streams "
                + settings.text("identities.backend.max-streams") + ", response within "
                + settings.text("identities.backend.response-timeout"));
        lines.add("Management: writing and explaining " + (token.exists() ? "with the management token" : "off"));
        return lines;
    }

    private String backend() {
        return mode == GatewayMode.COMPANION
                ? "companion, no backend"
                : "gateway before " + settings.text("identities.backend.uri");
    }

    private String credentialCheck() {
        if (!settings.isOn("identities.endpoints.authenticate.enabled")) {
            return "off";
        }
        String kind = settings.word("identities.credentials.check");
        return switch (kind) {
            case "" -> "a bean of one's own";
            case "http" -> "http " + LogText.address(settings.text("identities.credentials.http.uri"));
            case "htpasswd" -> "htpasswd " + settings.text("identities.credentials.htpasswd.file");
            default -> kind;
        };
    }

    private String sharedState() {
        String kind = settings.word("identities.shared-state");
        return kind.equals("none")
                ? "none, so revocations and login counters are this process's own and end with it"
                : kind + ", in an outage " + settings.word("identities.shared-state-outage");
    }
}
