using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gantry.Server.Certificates;
using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Certificates;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ClusterPkiTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "gantry-pki-" + Guid.NewGuid().ToString("N"));
    private readonly ManualTimeProvider _clock = new();

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public void Keys_and_their_directory_are_for_the_owner_only()
    {
        using var pki = Open();
        _ = pki.Leaf(LeafProfile.Admin);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory));
        Assert.All(Directory.GetFiles(_directory), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Fact]
    public void Opening_again_gives_the_same_authority_leaf_and_token_key()
    {
        using var first = Open();
        var leaf = first.Leaf(LeafProfile.Admin);
        using var second = Open();
        Assert.Equal(first.Authority.CertificatePem, second.Authority.CertificatePem);
        Assert.Equal(first.TokenKeyPem, second.TokenKeyPem);
        Assert.Equal(leaf, second.Leaf(LeafProfile.Admin));
    }

    [Fact]
    public void The_serving_certificate_names_everything_under_which_clients_reach_the_server()
    {
        using var pki = Open();
        using var certificate = pki.Leaf(LeafProfile.ApiServer(Options)).ToCertificate();
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(
            ["one", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "api.example"],
            names.EnumerateDnsNames());
        Assert.Equal(["127.0.0.1", "::1", "10.43.0.1", "192.0.2.7"], names.EnumerateIPAddresses().Select(a => a.ToString()));
    }

    [Fact]
    public void A_leaf_is_made_anew_when_it_should_say_more_than_it_does()
    {
        using var pki = Open();
        var before = pki.Leaf(LeafProfile.ApiServer(Options));
        var after = pki.Leaf(LeafProfile.ApiServer(Options with { Names = ["api.example", "other.example"] }));
        Assert.NotEqual(before.CertificatePem, after.CertificatePem);
        using var certificate = after.ToCertificate();
        Assert.True(certificate.MatchesHostname("other.example"));
    }

    [Fact]
    public void A_key_that_does_not_fit_its_certificate_is_replaced()
    {
        using var pki = Open();
        var before = pki.Leaf(LeafProfile.Admin);
        File.WriteAllText(Path.Combine(_directory, "admin.key"), pki.Leaf(LeafProfile.Scheduler).KeyPem);
        var after = pki.Leaf(LeafProfile.Admin);
        Assert.NotEqual(before.CertificatePem, after.CertificatePem);
        using var fits = after.ToCertificate();
        Assert.True(fits.HasPrivateKey);
    }

    [Fact]
    public void A_renewing_certificate_changes_near_its_end_and_not_before()
    {
        using var pki = Open();
        var renewing = pki.Renewing(LeafProfile.ApiServer(Options));
        var first = renewing.Current;
        _clock.Advance(TimeSpan.FromDays(200));
        Assert.Same(first, renewing.Current);
        _clock.Advance(TimeSpan.FromDays(80));
        var second = renewing.Current;
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.True(second.NotAfter > first.NotAfter);
    }

    [Fact]
    public void A_request_from_elsewhere_keeps_its_subject_and_gets_our_extensions()
    {
        using var pki = Open();
        using var key = System.Security.Cryptography.ECDsa.Create();
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName("system:nodes");
        name.AddCommonName("system:node:two");
        var request = new CertificateRequest(name.Build(), key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var signed = X509Certificate2.CreateFromPem(
            pki.Authority.SignRequest(request.CreateSigningRequestPem(), ["client auth"], TimeSpan.FromDays(1)));
        Assert.Equal("system:node:two", signed.GetNameInfo(X509NameType.SimpleName, false));
        Assert.False(signed.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public void A_leaf_never_outlives_its_authority()
    {
        using var authority = CertificateAuthority.Create("short", TimeSpan.FromDays(2), _clock);
        using var leaf = authority.Issue(LeafProfile.Admin, TimeSpan.FromDays(365)).ToCertificate();
        Assert.Equal(authority.Certificate.NotAfter, leaf.NotAfter);
    }

    [Fact]
    public void The_kubeconfig_embeds_what_it_needs_and_is_for_the_owner_only()
    {
        using var pki = Open();
        var admin = pki.Leaf(LeafProfile.Admin);
        var file = Path.Combine(_directory, "admin.kubeconfig");
        Kubeconfig.Write(file, Kubeconfig.Text(new Uri("https://127.0.0.1:6443/"), pki.Authority.CertificatePem, admin));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var text = File.ReadAllText(file);
        Assert.Contains("    server: 'https://127.0.0.1:6443'\n", text, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(admin.KeyPem)), text, StringComparison.Ordinal);
        Assert.Contains("current-context: 'gantry'\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_do_not_print() =>
        Assert.DoesNotContain("KEY", CertificateAuthority.Create("x", TimeSpan.FromDays(9), _clock).Issue(LeafProfile.Admin, TimeSpan.FromDays(1)).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Options_tell_all_their_faults() =>
        Assert.Equal(["pki.nodeName", "pki.renewBefore"],
            (Options with { NodeName = "", RenewBefore = TimeSpan.FromDays(400) }).Check().Select(f => f.Option));

    private PkiOptions Options => new()
    {
        Directory = _directory,
        NodeName = "one",
        Names = ["api.example"],
        Addresses = [IPAddress.Parse("192.0.2.7")],
    };

    private ClusterPki Open() => ClusterPki.Open(Options, _clock, NullLogger.Instance);
}
