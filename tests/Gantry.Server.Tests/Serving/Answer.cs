using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

/// <summary>What a server answered.</summary>
public sealed record Answer(int Code, string Text, TreeMap Body, IReadOnlyList<string> Warnings)
{
    public string Reason => Body.Text("reason") ?? "";

    public string Message => Body.Text("message") ?? "";

    public TreeMap Metadata => Body.Map("metadata") ?? new TreeMap();

    public string ResourceVersion => Metadata.Text("resourceVersion") ?? "";

    public IReadOnlyList<string> ItemNames => [.. Body.List("items")!.Select(i => ((TreeMap)i).Map("metadata")!.Text("name")!)];

    public string Cause(string field) => Body.Map("details")!.List("causes")!.OfType<TreeMap>().First(c => c.Text("field") == field).Text("reason")!;
}
