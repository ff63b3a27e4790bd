package io.identities.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Builds an {@link IdentitiesClient}; only the credentials are required. Not thread-safe. */
public final class IdentitiesClientBuilder {

    private static final double JITTER = 0.1;
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final URI base;
    private final Set<Origin> origins = new LinkedHashSet<>();
    private Credentials credentials;
    private HttpClient httpClient;
    private Duration timeout = Duration.ofSeconds(10);
    private double renewalPoint = 0.75;
    private String authenticatePath = "/api/v1/authenticate";
    private String renewTokenPath = "/api/v1/renewToken";
    private String revokeTokenPath = "/api/v1/revokeToken";
    private Clock clock = Clock.systemUTC();
    private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
    private ScheduledExecutorService scheduler;

    IdentitiesClientBuilder(URI base) {
        origins.add(Origin.of(base));
        if (base.getRawUserInfo() != null || base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "The base URI has user info, a query or a fragment (expected scheme, host, port and path only)");
        }
        String text = base.toString();
        this.base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    }

    /**
     * The credentials of the logins.
     *
     * @param password called before each login, in the scheduler's thread; returns a new array, which is wiped after
     *     use
     */
    public IdentitiesClientBuilder credentials(String username, Supplier<char[]> password) {
        credentials = new Credentials(
                Objects.requireNonNull(username, "username"), Objects.requireNonNull(password, "password"));
        return this;
    }

    /**
     * The caller's own HTTP client, with its TLS configuration, proxy and executor; it is not closed with this client.
     *
     * @throws IllegalArgumentException if it follows redirects, because it would send password and token with them
     */
    public IdentitiesClientBuilder httpClient(HttpClient httpClient) {
        if (httpClient.followRedirects() != Redirect.NEVER) {
            throw new IllegalArgumentException("The HTTP client follows redirects " + httpClient.followRedirects()
                    + " (expected NEVER: a redirect would take the password or the token to another server)");
        }
        this.httpClient = httpClient;
        return this;
    }

    /** How long the gateway may take for one response; 10 seconds by default. */
    public IdentitiesClientBuilder timeout(Duration timeout) {
        if (timeout.toMillis() <= 0) {
            throw new IllegalArgumentException("timeout " + timeout + " (expected more than zero)");
        }
        this.timeout = timeout;
        return this;
    }

    /**
     * The fraction of its lifetime after which a token is renewed, plus or minus a twentieth; 0.75 by default.
     *
     * @throws IllegalArgumentException outside 0.1 to 0.9
     */
    public IdentitiesClientBuilder renewAfter(double fraction) {
        if (!(fraction >= 0.1 && fraction <= 0.9)) {
            throw new IllegalArgumentException("renewAfter " + fraction + " (expected 0.1 to 0.9)");
        }
        renewalPoint = fraction;
        return this;
    }

    /** Allows the token to be sent to another scheme, host and port too, for example in companion mode. */
    public IdentitiesClientBuilder trust(URI origin) {
        origins.add(Origin.of(origin));
        return this;
    }

    /** For gateways with {@code identities.endpoints.authenticate.path} set. */
    public IdentitiesClientBuilder authenticatePath(String path) {
        authenticatePath = requirePath(path);
        return this;
    }

    /** For gateways with {@code identities.endpoints.renew-token.path} set. */
    public IdentitiesClientBuilder renewTokenPath(String path) {
        renewTokenPath = requirePath(path);
        return this;
    }

    /** For gateways with {@code identities.endpoints.revoke-token.path} set. */
    public IdentitiesClientBuilder revokeTokenPath(String path) {
        revokeTokenPath = requirePath(path);
        return this;
    }

    /** The clock for renewals; the system's by default. It need not agree with the gateway's. */
    public IdentitiesClientBuilder clock(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /**
     * Runs renewals and calls the password supplier; a daemon thread of this client by default. Never shut down by the
     * client.
     */
    public IdentitiesClientBuilder scheduler(ScheduledExecutorService scheduler) {
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        return this;
    }

    IdentitiesClientBuilder random(DoubleSupplier random) {
        this.random = random;
        return this;
    }

    /**
     * Builds a client, which does not call the gateway yet.
     *
     * @throws IllegalStateException without credentials
     */
    public IdentitiesClient build() {
        if (credentials == null) {
            throw new IllegalStateException("No credentials (expected credentials(username, password))");
        }
        HttpClient http = httpClient != null ? httpClient : ownHttpClient();
        ScheduledExecutorService timers = scheduler != null ? scheduler : ownScheduler();
        TokenEndpoints endpoints = new TokenEndpoints(
                http,
                new TokenEndpoints.Addresses(
                        URI.create(base + authenticatePath),
                        URI.create(base + renewTokenPath),
                        URI.create(base + revokeTokenPath)),
                credentials,
                timeout,
                clock);
        double point = renewalPoint;
        DoubleSupplier dice = random;
        TokenKeeper keeper = new TokenKeeper(
                endpoints,
                clock,
                timers,
                () -> point + JITTER * (dice.getAsDouble() - 0.5),
                new BackOff(SHORTEST_WAIT, LONGEST_WAIT, dice),
                new Replacements(new BackOff(SHORTEST_WAIT, LONGEST_WAIT, dice), LONGEST_WAIT.multipliedBy(2)));
        Runnable release = scheduler != null ? () -> {} : timers::shutdown;
        return new IdentitiesClient(base, Set.copyOf(origins), http, keeper, timeout, release);
    }

    private HttpClient ownHttpClient() {
        // Over plain HTTP the JDK would request an upgrade to HTTP/2 with each new connection.
        Version version = Origin.of(base).scheme().equals("https") ? Version.HTTP_2 : Version.HTTP_1_1;
        return HttpClient.newBuilder().version(version).connectTimeout(timeout).build();
    }

    private static ScheduledExecutorService ownScheduler() {
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "identities-client");
            thread.setDaemon(true);
            return thread;
        });
        timers.setRemoveOnCancelPolicy(true);
        return timers;
    }

    private static String requirePath(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("'" + path + "' has no leading slash (expected a path)");
        }
        return path;
    }
}
