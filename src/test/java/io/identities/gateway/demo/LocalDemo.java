package io.identities.gateway.demo;

import io.identities.gateway.IdentitiesGatewayApplication;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;

/** Starts the gateway on 8080 and 8081 of loopback, with a credential check and a backend in the same process. */
public final class LocalDemo {

    private static final Logger log = LoggerFactory.getLogger(LocalDemo.class);

    private LocalDemo() {}

    public static void main(String[] args) {
        EmbeddedCredentialCheck check = new EmbeddedCredentialCheck();
        EmbeddedIdentities identities = new EmbeddedIdentities();
        SpringApplication application = new SpringApplication(IdentitiesGatewayApplication.class);
        application.setDefaultProperties(Map.of(
                "server.address",
                "127.0.0.1",
                "management.server.address",
                "127.0.0.1",
                "identities.backend.uri",
                identities.uri().toString(),
                "identities.credentials.check",
                "http",
                "identities.credentials.http.uri",
                check.uri().toString(),
                "identities.keys.secret",
                throwAwayKey()));
        application.addListeners((ApplicationListener<ApplicationReadyEvent>)
                event -> explain(event.getApplicationContext().getEnvironment()));
        Runnable end = () -> {
            check.close();
            identities.close();
        };
        application.addListeners((ApplicationListener<ContextClosedEvent>) event -> end.run());
        try {
            application.run(args);
        } catch (RuntimeException e) {
            // A context that never stood closes without an event, and their threads would keep the process.
            end.run();
            throw e;
        }
    }

    private static String throwAwayKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return "base64:" + Base64.getEncoder().encodeToString(key);
    }

    private static void explain(Environment environment) {
        String api = "http://localhost:" + environment.getProperty("local.server.port")
                + environment.getProperty("identities.base-path", "");
        String management = "http://localhost:" + environment.getProperty("local.management.port");
        log.warn("Local demo: the signing key is thrown away at exit, and every token with it. Not for production.");
        log.info("""
                Users: alice / wonderland, bob / builder. Try:

                export API_URL={}
                TOKEN=$(curl -sk -X POST "$API_URL/api/v1/authenticate" -H "Content-Type: application/json" \
                -d '{"username": "alice", "password": "wonderland"}' | jq -r '.token')
                curl -s "$API_URL/api/v1/people" -H "Authorization: Bearer $TOKEN"
                TOKEN=$(curl -s "$API_URL/api/v1/renewToken" -H "Authorization: Bearer $TOKEN" | jq -r '.token')
                curl -s "$API_URL/api/v1/echo" -H "Authorization: Bearer $TOKEN"
                curl -s "$API_URL/api/v1/faceEdge/publish" -H "Authorization: Bearer $TOKEN" \
                -H "Content-Type: application/json" -d '{"image": "aGVsbG8="}'
                curl -s "$API_URL/api/v1/faceEdge/lookup" -H "Authorization: Bearer $TOKEN" -F image=@README.md
                curl -si "$API_URL/api/v1/people"
                curl -s {}/actuator/health

                Operations page: {}/operations
                """, api, management, management);
    }
}
