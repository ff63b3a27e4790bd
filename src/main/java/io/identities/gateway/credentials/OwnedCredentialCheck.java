package io.identities.gateway.credentials;

/** A check that the gateway has created and therefore closes. */
interface OwnedCredentialCheck extends CredentialCheck {

    /** Releases threads and connections. */
    void close();
}
