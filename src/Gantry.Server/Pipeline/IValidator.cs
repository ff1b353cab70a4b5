using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Statuses;

namespace Gantry.Server.Pipeline;

/// <summary>Checks typed objects against the rules of their kind, the metadata included.</summary>
public interface IValidator
{
    /// <summary>Every broken rule, in the order of the API; empty when the object is good.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="value">The object as it would be stored.</param>
    /// <param name="old">The stored object before an update; null on create.</param>
    /// <param name="subresource">Empty, or <c>status</c>, <c>ephemeralcontainers</c>, <c>resize</c>, <c>finalize</c>, <c>approval</c>: what is being updated.</param>
    IReadOnlyList<FieldError> Validate(ResourceType type, IApiObject value, IApiObject? old, string subresource);
}
