using System.Text;
using Gantry.Api.Models;
using Gantry.Node.Images;
using Gantry.Node.Pods;

namespace Gantry.Node.Tests.Pods;

public sealed class Pull_secrets
{
    [Theory]
    [InlineData("example.org", "example.org/team/app", true)]
    [InlineData("https://example.org/v2/", "example.org/team/app", true)]
    [InlineData("example.org/team", "example.org/team/app", true)]
    [InlineData("example.org/tea", "example.org/team/app", false)]
    [InlineData("*.example.org", "a.example.org/app", true)]
    [InlineData("*.example.org", "a.b.example.org/app", false)]
    [InlineData("https://index.docker.io/v1/", "redis", true)]
    [InlineData("example.com", "example.org/app", false)]
    public void Fit_by_host_and_path(string host, string image, bool fits) =>
        Assert.Equal(fits ? ["me"] : [], PullSecrets.For(ImageReference.Parse(image)!, [Secret(host, "me:word")]).Select(a => a.Username));

    [Fact]
    public void The_most_specific_comes_first() =>
        Assert.Equal(["two", "one"], PullSecrets.For(ImageReference.Parse("example.org/team/app")!, [Secret("example.org", "one:x"), Secret("example.org/team", "two:x")]).Select(a => a.Username));

    [Fact]
    public void A_damaged_one_is_passed_over() =>
        Assert.Empty(PullSecrets.For(ImageReference.Parse("example.org/app")!, [new V1Secret { Data = new Dictionary<string, byte[]> { [".dockerconfigjson"] = "{"u8.ToArray() } }]));

    private static V1Secret Secret(string host, string pair)
    {
        var json = $"{{\"auths\":{{\"{host}\":{{\"auth\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}\"}}}}}}";
        return new V1Secret { Data = new Dictionary<string, byte[]> { [".dockerconfigjson"] = Encoding.UTF8.GetBytes(json) } };
    }
}
