using System.Text.Json.Nodes;

namespace Gantry.Server.Tests.Validation;

/// <summary>One bad object.</summary>
internal sealed class RuleCase
{
    public required string Kind { get; init; }

    /// <summary>What is changed of the good object.</summary>
    public JsonObject Patch { get; set; } = [];

    /// <summary>The same for the stored object; null for a create.</summary>
    public JsonObject? Was { get; set; }

    public string Subresource { get; set; } = "";

    /// <summary>What is told, in order.</summary>
    public List<string> Findings { get; } = [];
}
