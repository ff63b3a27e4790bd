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

/** The effective configuration in a few lines: doors, rules, keys by id, checks, limits. No secret is in it. */
final class StartSummary {

    private final Environment environment;
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
        this.environment = environment;
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
                + (isOn("identities.credentials.throttle.enabled") ? "on" : "off"));
        lines.add("Tokens: lifetime " + setting("identities.token.lifetime", "30m") + ", session limit "
                + setting("identities.token.session-limit", "12h") + ", clock skew "
                + setting("identities.token.clock-skew", "30s") + "; shared state: " + sharedState());
        lines.add("Limits: request head " + setting("identities.headers.max-size", "16KB") + ", backend connections "
                + setting("identities.backend.max-connections", "500") + ", streams "
                + setting("identities.backend.max-streams", "1000") + ", response within "
                + setting("identities.backend.response-timeout", "30s"));
        lines.add("Management: writing and explaining " + (token.exists() ? "with the management token" : "off"));
        return lines;
    }

    private String backend() {
        return mode == GatewayMode.COMPANION
                ? "companion, no backend"
                : "gateway before " + setting("identities.backend.uri", "");
    }

    private String credentialCheck() {
        if (!isOn("identities.endpoints.authenticate.enabled")) {
            return "off";
        }
        String kind = setting("identities.credentials.check", "a bean of one's own");
        return switch (kind) {
            case "http" -> "http " + LogText.address(setting("identities.credentials.http.uri", ""));
            case "htpasswd" -> "htpasswd " + setting("identities.credentials.htpasswd.file", "");
            default -> kind;
        };
    }

    private String sharedState() {
        String kind = setting("identities.shared-state", "none");
        return kind.equals("none")
                ? "none, so revocations and login counters are this process's own and end with it"
                : kind + ", in an outage " + setting("identities.shared-state-outage", "serve");
    }

    private boolean isOn(String name) {
        return environment.getProperty(name, Boolean.class, true);
    }

    private String setting(String name, String otherwise) {
        return environment.getProperty(name, otherwise);
    }
}
