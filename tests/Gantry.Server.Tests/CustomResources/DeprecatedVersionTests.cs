using Gantry.Api.Models;
using Gantry.Server.CustomResources;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

/// <summary>Versions of custom resources that are to go.</summary>
[Collection(SharedServer.Name)]
public sealed class DeprecatedVersionTests(RunningServer server)
{
    [Theory]
    [InlineData("v1", "v1- v2- v3x", "example.org/v1 Door is deprecated")]
    [InlineData("v1", "v1- v1beta1 v2 v2beta1 v3x v2alpha1", "example.org/v1 Door is deprecated; use example.org/v2 Door")]
    [InlineData("v2", "v1 v2- v3beta1 v4-", "example.org/v2 Door is deprecated")]
    [InlineData("v1alpha1", "v1alpha1- v1alpha2 v1beta1", "example.org/v1alpha1 Door is deprecated; use example.org/v1beta1 Door")]
    [InlineData("v1", "v1 v2", null)]
    public void The_newest_version_that_stays_is_named(string version, string versions, string? warning)
    {
        var spec = new V1CustomResourceDefinitionSpec
        {
            Group = "example.org", Names = new V1CustomResourceDefinitionNames { Kind = "Door" },
            Versions = [.. versions.Split(' ').Select(v => new V1CustomResourceDefinitionVersion { Name = v.TrimEnd('-', 'x'), Served = !v.EndsWith('x'), Deprecated = v.EndsWith('-') })],
        };
        Assert.Equal(warning, DeprecatedVersions.Warning(spec, version));
    }

    [Fact]
    public async Task Every_request_is_warned_but_those_that_go_nowhere()
    {
        const string Schema = "\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}";
        var made = await server.PostAsync(Definition.Path, $$$"""
            {"metadata":{"name":"gates.deprecated.example.org"},"spec":{"group":"deprecated.example.org","scope":"Namespaced","names":{"plural":"gates","kind":"Gate"},"versions":[
             {"name":"v1","served":true,"storage":true,{{{Schema}}}},{"name":"v1beta1","served":true,"storage":false,"deprecated":true,{{{Schema}}}},
             {"name":"v1alpha1","served":true,"storage":false,"deprecated":true,"deprecationWarning":"take \"v1\"",{{{Schema}}}}]} }
            """);
        Assert.True(made.Code == 201, made.Text);
        await Definition.EstablishedAsync(server, "gates.deprecated.example.org");
        const string Beta = "/apis/deprecated.example.org/v1beta1/namespaces/default/gates";
        string[] warned = ["299 - \"deprecated.example.org/v1beta1 Gate is deprecated; use deprecated.example.org/v1 Gate\""];

        Assert.Equal(warned, (await server.PostAsync(Beta, """{"apiVersion":"deprecated.example.org/v1beta1","kind":"Gate","metadata":{"name":"a"}}""")).Warnings);
        Assert.Equal(warned, (await server.GetAsync(Beta)).Warnings);
        Assert.Equal(warned, (await server.GetAsync(Beta + "/missing")).Warnings);
        Assert.Equal(warned, (await server.GetAsync(Beta + "/a/status")).Warnings);
        using (var watch = await server.Http.GetAsync(Beta + "?watch=1&timeoutSeconds=20", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(warned, watch.Headers.GetValues("Warning"));
        }

        Assert.Equal(["299 - \"take \\\"v1\\\"\""], (await server.GetAsync("/apis/deprecated.example.org/v1alpha1/gates")).Warnings);
        Assert.Empty((await server.GetAsync("/apis/deprecated.example.org/v1alpha1/gates/a")).Warnings);
        Assert.Empty((await server.GetAsync("/apis/deprecated.example.org/v1/gates")).Warnings);
    }
}
