using Gantry.Api.Models;

namespace Gantry.Controllers.TokenSecrets;

/// <summary>Makes the token of an account that a Secret of its namespace keeps. It has no end but the Secret's.</summary>
public delegate string SecretTokenIssuer(V1ServiceAccount account, V1Secret secret);
