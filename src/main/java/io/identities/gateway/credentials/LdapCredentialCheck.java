package io.identities.gateway.credentials;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.token.Subject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Checks credentials against an LDAP directory, on threads of its own: finds the user's DN by a template or a search,
 * and binds as the user on a dedicated connection.
 *
 * <p>An empty password, which would be an anonymous bind (RFC 4513, 5.1.2), never reaches the directory. A login of an
 * unknown user performs a bind as well.
 */
final class LdapCredentialCheck implements OwnedCredentialCheck {

    private static final Set<ResultCode> OUT_OF_REACH =
            Set.of(ResultCode.CONNECT_ERROR, ResultCode.SERVER_DOWN, ResultCode.BUSY, ResultCode.UNAVAILABLE);

    private final LdapCheckSettings settings;
    private final LdapDirectory directory;
    private final LdapUserBind users;
    private final LdapSubjectMapping mapping;
    private final Scheduler threads;

    /** @param threads where the directory is called; disposed with this check */
    LdapCredentialCheck(LdapCheckSettings settings, LdapDirectory directory, Scheduler threads) {
        this.settings = settings;
        this.directory = directory;
        this.users = new LdapUserBind(directory, settings.refusalCodes());
        this.mapping = new LdapSubjectMapping(settings, directory);
        this.threads = threads;
    }

    @Override
    public Mono<Optional<Subject>> check(Credentials credentials) {
        return credentials.canBeRight() ? ask(() -> login(credentials)) : Mono.just(Optional.empty());
    }

    @Override
    public @Nullable Mono<Optional<Subject>> recheck(Subject subject) {
        if (settings.userDn() != null) {
            return null;
        }
        return ask(() -> account(subject.name()));
    }

    @Override
    public void close() {
        threads.dispose();
        directory.close();
    }

    /**
     * A user may log in by one attribute (such as the mail address) and be named by another; here only the latter is
     * known.
     */
    private Optional<Subject> account(String name) throws LDAPException {
        Optional<Subject> found = account(settings.userFilter(), name);
        String accountFilter = settings.accountFilter();
        return found.isPresent() || accountFilter == null ? found : account(accountFilter, name);
    }

    private Optional<Subject> account(String filter, String name) throws LDAPException {
        Entry entry = find(filter, name);
        Optional<Subject> now = entry == null ? Optional.empty() : mapping.subject(name, entry, directory.searchers());
        return now.filter(found -> found.name().equals(name));
    }

    private Optional<Subject> login(Credentials credentials) throws LDAPException {
        if (settings.userDn() != null) {
            return loginByTemplate(settings.userDn(), credentials);
        }
        Entry entry = find(settings.userFilter(), credentials.username());
        String dn = entry == null ? "cn=unknown," + settings.userBase() : entry.getDN();
        try (LDAPConnection user = users.bind(dn, credentials.password())) {
            return user == null || entry == null
                    ? Optional.empty()
                    : mapping.subject(credentials.username(), entry, directory.searchers());
        }
    }

    private Optional<Subject> loginByTemplate(String template, Credentials credentials) throws LDAPException {
        String dn = LdapDirectory.userDn(template, credentials.username());
        try (LDAPConnection user = users.bind(dn, credentials.password())) {
            if (user == null) {
                return Optional.empty();
            }
            Entry entry = mapping.needsEntry() ? ownEntry(user, dn) : new Entry(dn);
            return mapping.subject(credentials.username(), entry, user);
        }
    }

    private @Nullable Entry find(String filter, String username) throws LDAPException {
        String base = settings.userBase();
        if (base == null) {
            throw CredentialCheckUnavailableException.unclear("no place to search for users");
        }
        List<SearchResultEntry> found = directory.search(
                directory.searchers(),
                base,
                SearchScope.SUB,
                LdapDirectory.filter(filter, username, ""),
                2,
                mapping.attributes());
        if (found.size() > 1) {
            throw CredentialCheckUnavailableException.unclear("user-filter finds more than one entry for one name");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    private Entry ownEntry(LDAPConnection user, String dn) throws LDAPException {
        List<SearchResultEntry> found =
                directory.search(user, dn, SearchScope.BASE, "(objectClass=*)", 1, mapping.attributes());
        if (found.isEmpty()) {
            throw CredentialCheckUnavailableException.unclear("users cannot read their own entry, which"
                    + " username-attribute, roles-attribute or claims ask for");
        }
        return found.get(0);
    }

    private Mono<Optional<Subject>> ask(Callable<Optional<Subject>> question) {
        return Mono.fromCallable(() -> Asked.of(question))
                .subscribeOn(threads)
                .timeout(settings.timeout())
                .flatMap(Asked::answer)
                .onErrorMap(this::unavailable);
    }

    /** A failure carried as a value, because Reactor would log an error that is dropped after the time-out. */
    private record Asked(
            Optional<Subject> subject, @Nullable Exception failure) {

        static Asked of(Callable<Optional<Subject>> question) {
            try {
                return new Asked(question.call(), null);
            } catch (Exception e) {
                return new Asked(Optional.empty(), e);
            }
        }

        Mono<Optional<Subject>> answer() {
            return failure == null ? Mono.just(subject) : Mono.error(failure);
        }
    }

    private Throwable unavailable(Throwable failure) {
        if (failure instanceof LDAPException ldap) {
            return unavailable(ldap);
        }
        if (failure instanceof TimeoutException) {
            return new CredentialCheckUnavailableException(
                    Kind.TIMED_OUT, place() + ": no answer in time", null, failure);
        }
        if (failure instanceof RejectedExecutionException) {
            return new CredentialCheckUnavailableException(
                    Kind.BUSY, "too many logins wait for the directory", Duration.ofSeconds(1), null);
        }
        return failure;
    }

    /** Leaves the diagnostic message out: it may repeat the user's input. */
    private CredentialCheckUnavailableException unavailable(LDAPException failure) {
        ResultCode code = failure.getResultCode();
        Kind kind = code.equals(ResultCode.TIMEOUT)
                ? Kind.TIMED_OUT
                : OUT_OF_REACH.contains(code) ? Kind.NO_ANSWER : Kind.UNCLEAR_ANSWER;
        return new CredentialCheckUnavailableException(kind, place() + ": LDAP result " + code, null, failure);
    }

    private String place() {
        return settings.uris().stream().map(URI::toString).collect(Collectors.joining(" "));
    }
}
