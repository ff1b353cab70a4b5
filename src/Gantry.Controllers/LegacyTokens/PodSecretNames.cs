using Gantry.Api.Models;

namespace Gantry.Controllers.LegacyTokens;

/// <summary>The names of the Secrets that a pod mentions, as authorization counts them; the composition root hands it in.</summary>
public delegate IEnumerable<string> PodSecretNames(V1Pod pod);
