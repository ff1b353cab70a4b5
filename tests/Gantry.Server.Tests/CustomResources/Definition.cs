using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

/// <summary>Custom resource definitions for tests.</summary>
internal static class Definition
{
    public const string Path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    /// <summary>Waits until the definition has its place among the served kinds.</summary>
    public static Task EstablishedAsync(RunningServer server, string name) =>
        UntilAsync(async () => Condition(await server.GetAsync($"{Path}/{name}"), "Established")?.Text("status") == "True");

    /// <summary>A condition of a definition, or null.</summary>
    public static TreeMap? Condition(Answer definition, string type) =>
        definition.Body.Map("status")?.List("conditions")?.OfType<TreeMap>().FirstOrDefault(c => c.Text("type") == type);

    /// <summary>Asks again until it is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }
}
