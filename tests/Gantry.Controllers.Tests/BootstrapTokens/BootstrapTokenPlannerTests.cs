using System.Text;
using Gantry.Api.Models;
using Gantry.Controllers.BootstrapTokens;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests.BootstrapTokens;

public sealed class BootstrapTokenPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2025-12-31T23:59:59Z", true)]
    [InlineData("2026-01-01T00:00:00Z", true)]
    [InlineData("soon", true)]
    [InlineData("2026-01-01T00:00:01Z", false)]
    [InlineData("", false)]
    public void An_expired_token_is_removed(string expiration, bool removed) =>
        Assert.Equal(removed, BootstrapTokenPlanner.Clean(Token(("expiration", expiration)), Now) is [Delete<V1Secret>]);

    [Fact]
    public void Each_token_for_signing_signs_what_new_nodes_are_told()
    {
        // RFC 7515 HS256 over header and payload, the payload left out: made by another implementation from the same key and text.
        var info = new V1ConfigMap { Metadata = new V1ObjectMeta { Namespace = "kube-public", Name = "cluster-info" }, Data = new Dictionary<string, string> { ["kubeconfig"] = "payload" } };
        var plan = BootstrapTokenPlanner.Sign(info, [Token(("usage-bootstrap-signing", "true")), Token(("token-id", "other0"))], Now);
        var data = Assert.IsType<Update<V1ConfigMap>>(Assert.Single(plan)).Object.Data;
        Assert.Equal(["jws-kubeconfig-abcdef", "kubeconfig"], data.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY2RlZiJ9..pQpAf41KnbpDpf53Otu_ufAeAbWD9CSytTS_WpoG4Mc", data["jws-kubeconfig-abcdef"]);
        Assert.Empty(BootstrapTokenPlanner.Sign(info with { Data = data }, [Token(("usage-bootstrap-signing", "true"))], Now));
    }

    [Fact]
    public void A_signature_goes_with_its_token()
    {
        var info = new V1ConfigMap { Data = new Dictionary<string, string> { ["kubeconfig"] = "payload", ["jws-kubeconfig-abcdef"] = "x", ["more"] = "kept" } };
        var plan = BootstrapTokenPlanner.Sign(info, [], Now);
        Assert.Equal(["kubeconfig", "more"], Assert.IsType<Update<V1ConfigMap>>(Assert.Single(plan)).Object.Data.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_something_to_tell_nothing_is_signed() => Assert.Empty(BootstrapTokenPlanner.Sign(null, [Token()], Now));

    private static V1Secret Token(params (string Key, string Value)[] more)
    {
        var data = new Dictionary<string, byte[]> { ["token-id"] = Encoding.ASCII.GetBytes("abcdef"), ["token-secret"] = Encoding.ASCII.GetBytes("0123456789abcdef") };
        foreach (var (key, value) in more)
        {
            data[key] = Encoding.ASCII.GetBytes(value);
        }

        return new V1Secret { Metadata = new V1ObjectMeta { Namespace = "kube-system", Name = "bootstrap-token-abcdef", Uid = "u" }, Type = "bootstrap.kubernetes.io/token", Data = data };
    }
}
