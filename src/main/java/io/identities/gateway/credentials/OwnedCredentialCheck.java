package io.identities.gateway.credentials;

/** A check that the gateway made itself and therefore lets go of itself. */
interface OwnedCredentialCheck extends CredentialCheck {

    /** Gives up threads and connections. */
    void close();
}
