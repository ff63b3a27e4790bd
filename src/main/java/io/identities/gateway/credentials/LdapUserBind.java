package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.unboundid.ldap.sdk.BindResult;
import com.unboundid.ldap.sdk.Control;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.controls.PasswordExpiredControl;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ErrorType;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10RequestControl;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ResponseControl;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds as a user, on a connection of its own. Blocking.
 *
 * <p>389 Directory Server, FreeIPA and eDirectory report a locked or inactivated account with a code that elsewhere
 * means that the directory serves no client at all. It means no only if the directory still judges a bind with a name
 * that does not exist; otherwise the directory could not tell.
 */
final class LdapUserBind {

    private static final Set<ResultCode> MAY_BE_LOCKED =
            Set.of(ResultCode.CONSTRAINT_VIOLATION, ResultCode.UNWILLING_TO_PERFORM);

    /** Not critical: a directory that does not know it passes over it. */
    private static final Control TELL_POLICY = new DraftBeheraLDAPPasswordPolicy10RequestControl(false);

    private static final RDN NOBODY = new RDN("cn", "unknown");

    private final LdapDirectory directory;
    private final Set<Integer> refusalCodes;

    /** @param refusalCodes LDAP results of a user's bind that always mean no */
    LdapUserBind(LdapDirectory directory, Set<Integer> refusalCodes) {
        this.directory = directory;
        this.refusalCodes = refusalCodes;
    }

    /**
     * A new connection, bound as that user; the caller closes it.
     *
     * @return null when the directory says no
     * @throws LDAPException when it could not tell
     */
    @Nullable LDAPConnection bind(String dn, String password) throws LDAPException {
        LDAPConnection connection = directory.connect();
        try {
            BindResult bound = connection.bind(new SimpleBindRequest(dn, password.getBytes(UTF_8), TELL_POLICY));
            if (!mustChangePassword(bound)) {
                return connection;
            }
            connection.close();
            return null;
        } catch (LDAPException e) {
            connection.close();
            if (isRefusal(e) || MAY_BE_LOCKED.contains(e.getResultCode()) && refusesNobodyBeside(dn)) {
                return null;
            }
            throw e;
        }
    }

    /** The directory lets such a user do nothing else before, so it has not let them in. */
    private static boolean mustChangePassword(BindResult bound) throws LDAPException {
        var policy = DraftBeheraLDAPPasswordPolicy10ResponseControl.get(bound);
        boolean reset =
                policy != null && policy.getErrorType() == DraftBeheraLDAPPasswordPolicy10ErrorType.CHANGE_AFTER_RESET;
        return reset || PasswordExpiredControl.get(bound) != null;
    }

    private boolean refusesNobodyBeside(String dn) throws LDAPException {
        String nobody = new DN(NOBODY, new DN(dn).getParent()).toString();
        try (LDAPConnection connection = directory.connect()) {
            connection.bind(new SimpleBindRequest(nobody, "unknown"));
            return false;
        } catch (LDAPException e) {
            return isRefusal(e);
        }
    }

    private boolean isRefusal(LDAPException failure) {
        return refusalCodes.contains(failure.getResultCode().intValue());
    }
}
