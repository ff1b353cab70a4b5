using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Namespaces;

/// <summary>What is left in a namespace that is being deleted.</summary>
public sealed record NamespaceView
{
    public required V1Namespace Namespace { get; init; }

    /// <summary>What there is of each resource; resources without objects are left out.</summary>
    public required IReadOnlyList<Remainder> Content { get; init; }

    /// <summary>What went wrong in finding out, or in deleting before; empty when nothing did.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    public required DateTimeOffset Now { get; init; }
}

/// <summary>The objects of one resource in a namespace.</summary>
public sealed record Remainder(ResourceId Resource, IReadOnlyList<ObjectMetadata> Objects);

/// <summary>What to do about a namespace that is being deleted.</summary>
/// <param name="Delete">The objects to delete now. Empty when all are on their way or the next kind must wait for the last.</param>
/// <param name="Status">The status that describes the view.</param>
/// <param name="Finish">Whether nothing is left, so that the namespace may go.</param>
public sealed record NamespacePlan(IReadOnlyList<Remainder> Delete, V1NamespaceStatus Status, bool Finish);
