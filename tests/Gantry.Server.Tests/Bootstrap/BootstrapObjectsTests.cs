using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Bootstrap;
using Gantry.Testing;

namespace Gantry.Server.Tests.Bootstrap;

public sealed class BootstrapObjectsTests
{
    private static readonly BootstrapOptions Options = new()
    {
        AdvertiseAddress = IPAddress.Parse("192.0.2.2"),
        AdvertisePort = 16443,
        Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        ServiceAddress = IPAddress.Parse("10.43.0.1"),
    };

    [Fact]
    public void Roles_and_bindings_are_those_of_a_fresh_server()
    {
        var roles = BootstrapRoles.Load();
        Same("rbac.authorization.k8s.io/v1/clusterroles", roles.ClusterRoles, "rules", "aggregationRule");
        Same("rbac.authorization.k8s.io/v1/roles", roles.Roles, "rules");
        Same("rbac.authorization.k8s.io/v1/clusterrolebindings", roles.ClusterRoleBindings, "subjects", "roleRef");
        Same("rbac.authorization.k8s.io/v1/rolebindings", roles.RoleBindings, "subjects", "roleRef");
    }

    [Fact]
    public void Flow_control_and_priorities_are_those_of_a_fresh_server()
    {
        var flows = BootstrapFlows.Load();
        Same("flowcontrol.apiserver.k8s.io/v1/flowschemas", flows.Flows, "spec");
        Same("flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations", flows.Levels, "spec");
        Same("scheduling.k8s.io/v1/priorityclasses", ClusterObjects.PriorityClasses, "value", "description", "preemptionPolicy");
    }

    [Fact]
    public void Api_services_cover_every_served_group()
    {
        Same("apiregistration.k8s.io/v1/apiservices", ClusterObjects.ApiServices(ApiCatalog.Resources), "spec");
    }

    [Fact]
    public void The_service_of_the_api_leads_to_the_advertised_address()
    {
        Same("discovery.k8s.io/v1/endpointslices", [ClusterObjects.EndpointSlice(Options)], "addressType", "endpoints", "ports");
        Assert.Equal("10.43.0.1", ClusterObjects.Service(Options).Spec.ClusterIP);
        Assert.Equal(16443, ClusterObjects.Service(Options).Spec.Ports[0].TargetPort.IntValue);
        Assert.Equal("2026-01-02", ClusterObjects.TokenTracking(Options.Started).Data["since"]);
        Assert.Equal("192.0.2.2", ClusterObjects.Endpoints(Options).Subsets[0].Addresses[0].Ip);
    }

    private static void Same<T>(string path, IReadOnlyList<T> made, params string[] fields)
        where T : class, IApiObject<T>
    {
        if (Reference.Folder is null)
        {
            return;
        }

        using var all = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Reference.Folder, "fresh-server.json")));
        var expected = all.RootElement.GetProperty("/apis/" + path).EnumerateArray()
            .Select(o => Text(JsonNode.Parse(o.GetRawText())!.AsObject(), fields)).Order(StringComparer.Ordinal);
        var actual = made.Select(o => Text(JsonNode.Parse(ApiJson.Encode(o))!.AsObject(), fields)).Order(StringComparer.Ordinal);
        Assert.Equal(expected, actual);
    }

    private static string Text(JsonObject found, string[] fields)
    {
        var metadata = found["metadata"]!.AsObject();
        var text = new JsonObject();
        foreach (var name in (string[])["name", "namespace", "labels", "annotations"])
        {
            text[name] = metadata[name]?.DeepClone();
        }

        foreach (var name in fields)
        {
            text[name] = found[name] is JsonArray { Count: 0 } ? null : found[name]?.DeepClone();
        }

        return text.ToJsonString();
    }
}
