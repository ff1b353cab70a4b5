using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;

namespace Gantry.Controllers.ResourceQuotas;

/// <summary>How admission counts, so that the controller counts in the same way.</summary>
/// <param name="Cost">What an object costs, by quota resource.</param>
/// <param name="Matches">Whether a quota's scopes speak about an object.</param>
public sealed record QuotaMeter(Func<ResourceType, IApiObject?, IReadOnlyDictionary<string, Quantity>> Cost, Func<V1ResourceQuota, IApiObject, bool> Matches);
