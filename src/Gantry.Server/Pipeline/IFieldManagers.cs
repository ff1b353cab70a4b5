using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;

namespace Gantry.Server.Pipeline;

/// <summary>Who writes which fields: one write as <c>managedFields</c> records it.</summary>
/// <param name="Manager">The manager's name.</param>
/// <param name="Subresource">Empty for the object itself.</param>
/// <param name="Time">When.</param>
public sealed record FieldWrite(string Manager, string Subresource, DateTimeOffset Time);

/// <summary>Keeps <c>metadata.managedFields</c> and merges server-side applies.</summary>
public interface IFieldManagers
{
    /// <summary>Records a create, update or patch in <paramref name="value"/>'s managedFields, in place.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="old">The stored object; null on create. Not changed.</param>
    /// <param name="value">The object as it will be stored, with the managedFields that the request brought.</param>
    /// <param name="write">Who and when.</param>
    void Update(ResourceType type, TreeMap? old, TreeMap value, FieldWrite write);

    /// <summary>Merges an applied configuration into the stored object.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="old">The stored object; null when the apply creates it. Not changed.</param>
    /// <param name="applied">The configuration as it came.</param>
    /// <param name="write">Who and when.</param>
    /// <param name="force">Whether to take fields from other managers.</param>
    /// <returns>The merged object with its managedFields, or the refusal.</returns>
    (TreeMap? Value, ApiStatus? Refusal) Apply(ResourceType type, TreeMap? old, TreeMap applied, FieldWrite write, bool force);
}
