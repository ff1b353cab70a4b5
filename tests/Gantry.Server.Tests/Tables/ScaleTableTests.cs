using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Tables;

[Collection(SharedServer.Name)]
public sealed class ScaleTableTests(RunningServer server)
{
    [Fact]
    public async Task A_scale_as_a_table_shows_its_replicas()
    {
        var ns = await server.RulesNamespaceAsync();
        var name = server.Name("scaled");
        await server.PostAsync($"/apis/apps/v1/namespaces/{ns}/deployments", $$$$$$"""
            {"metadata":{"name":"{{{{{{name}}}}}}"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """);
        var answer = await server.SendAsync(HttpMethod.Get, $"/apis/apps/v1/namespaces/{ns}/deployments/{name}/scale", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");

        Assert.Equal(["Name", "Desired", "Available", "Age"], answer.Body.List("columnDefinitions")!.Select(c => ((TreeMap)c).Text("name")!));
        var cells = ((TreeMap)answer.Body.List("rows")![0]).List("cells")!;
        Assert.Equal((name, "3", "0"), (((TreeString)cells[0]).Value, cells[1].ToString(), cells[2].ToString()));
    }
}
