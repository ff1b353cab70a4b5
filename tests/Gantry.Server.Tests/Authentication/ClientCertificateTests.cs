using System.Security.Cryptography.X509Certificates;
using Gantry.Server.Authentication;
using Gantry.Server.Certificates;
using Gantry.Server.Pipeline;
using Gantry.Testing;

namespace Gantry.Server.Tests.Authentication;

public sealed class ClientCertificateTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly CertificateAuthority _authority;
    private readonly ClientCertificateAuthenticator _authenticator;

    public ClientCertificateTests()
    {
        _authority = CertificateAuthority.Create("ours", TimeSpan.FromDays(1000), _clock);
        _authenticator = new ClientCertificateAuthenticator([_authority.Certificate], _clock);
    }

    [Fact]
    public void Common_name_is_the_user_and_organizations_are_the_groups()
    {
        using var certificate = _authority.Issue(LeafProfile.Node("one"), TimeSpan.FromDays(1)).ToCertificate();
        var known = Assert.IsType<AuthenticationOutcome.Known>(_authenticator.Decide(certificate));
        Assert.Equal("system:node:one", known.User.Name);
        Assert.Equal(["system:nodes", "system:authenticated"], known.User.Groups);
        Assert.StartsWith("X509SHA256=", known.User.Extra["authentication.kubernetes.io/credential-id"][0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_authority_is_refused()
    {
        using var other = CertificateAuthority.Create("theirs", TimeSpan.FromDays(1000), _clock);
        using var certificate = other.Issue(LeafProfile.Admin, TimeSpan.FromDays(1)).ToCertificate();
        Assert.IsType<AuthenticationOutcome.Rejected>(_authenticator.Decide(certificate));
    }

    [Fact]
    public void A_serving_certificate_proves_no_client()
    {
        using var certificate = _authority.Issue(LeafProfile.NodeServer("one", []), TimeSpan.FromDays(1)).ToCertificate();
        Assert.IsType<AuthenticationOutcome.Rejected>(_authenticator.Decide(certificate));
    }

    [Fact]
    public void A_certificate_that_expires_during_a_connection_is_refused_from_then_on()
    {
        using var certificate = _authority.Issue(LeafProfile.Admin, TimeSpan.FromDays(1)).ToCertificate();
        Assert.IsType<AuthenticationOutcome.Known>(_authenticator.Decide(certificate));
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.IsType<AuthenticationOutcome.Rejected>(_authenticator.Decide(certificate));
    }

    [Fact]
    public void Several_organizations_in_one_set_are_all_groups()
    {
        // SEQUENCE { SET { O=b, O=a }, SET { CN=u } } as Go writes several organizations.
        byte[] der =
        [
            0x30, 0x22,
            0x31, 0x14, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, 0x01, 0x62, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, 0x01, 0x61,
            0x31, 0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 0x75,
        ];
        var (name, groups) = ClientCertificateAuthenticator.ReadSubject(new X500DistinguishedName(der));
        Assert.Equal("u", name);
        Assert.Equal(["b", "a"], groups);
    }
}
