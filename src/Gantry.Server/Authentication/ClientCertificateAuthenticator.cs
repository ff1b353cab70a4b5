using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gantry.Server.Certificates;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Authentication;

/// <summary>
/// Authenticates by the TLS client certificate: common name is the user, organizations are the groups. The listener must accept any client
/// certificate; whether it counts is decided here, against the authorities of the cluster only.
/// </summary>
public sealed class ClientCertificateAuthenticator : IAuthenticator
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    /// <summary>What a certificate must be for.</summary>
    internal static readonly Oid ClientAuth = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection _authorities;
    private readonly TimeProvider _clock;

    // The server hands out one certificate object per connection, so a chain is built once per connection and not per request.
    private readonly ConditionalWeakTable<X509Certificate2, AuthenticationOutcome> _decided = [];

    /// <param name="authorities">Whose certificates count.</param>
    /// <param name="clock">Says whether certificates are expired.</param>
    public ClientCertificateAuthenticator(X509Certificate2Collection authorities, TimeProvider clock)
    {
        _authorities = authorities;
        _clock = clock;
    }

    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(context.Connection.ClientCertificate is { } certificate ? Decide(certificate) : AuthenticationOutcome.None);

    /// <summary>The user of a certificate, or why it does not count.</summary>
    public AuthenticationOutcome Decide(X509Certificate2 certificate)
    {
        // A connection may outlive its certificate.
        if (_clock.GetUtcNow().UtcDateTime > certificate.NotAfter.ToUniversalTime())
        {
            return new AuthenticationOutcome.Rejected("the client certificate has expired");
        }

        return _decided.GetValue(certificate, Check);
    }

    private AuthenticationOutcome Check(X509Certificate2 certificate)
    {
        using var chain = ClientCertificateChain.Build(_authorities, _clock.GetUtcNow());
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuth);
        if (!chain.Build(certificate))
        {
            var reasons = string.Join(", ", chain.ChainStatus.Select(s => s.Status.ToString()).Distinct(StringComparer.Ordinal));
            return new AuthenticationOutcome.Rejected("the client certificate is not trusted: " + reasons);
        }

        var (name, groups) = ReadSubject(certificate.SubjectName);
        return name.Length == 0
            ? AuthenticationOutcome.None
            : new AuthenticationOutcome.Known(BearerAuthenticator.WithAuthenticated(new UserInfo
            {
                Name = name,
                Groups = groups,
                Extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
                {
                    ["authentication.kubernetes.io/credential-id"] = ["X509SHA256=" + Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256))],
                },
            }));
    }

    /// <summary>Common name and organizations of a subject. Read from the DER, because several values may share one set, as Go writes them.</summary>
    /// <exception cref="AsnContentException">The subject is no distinguished name.</exception>
    public static (string Name, IReadOnlyList<string> Groups) ReadSubject(X500DistinguishedName subject)
    {
        var name = "";
        var groups = new List<string>();
        var sets = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sets.HasData)
        {
            // Go does not sort the set when it has several values; order carries no meaning here.
            var set = sets.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var pair = set.ReadSequence();
                var type = pair.ReadObjectIdentifier();
                var tag = pair.PeekTag();
                if (type is not (CommonName or Organization) || tag.TagClass != TagClass.Universal)
                {
                    _ = pair.ReadEncodedValue();
                    continue;
                }

                var text = pair.ReadCharacterString((UniversalTagNumber)tag.TagValue);
                if (type == CommonName)
                {
                    name = text;
                }
                else
                {
                    groups.Add(text);
                }
            }
        }

        return (name, groups);
    }
}
