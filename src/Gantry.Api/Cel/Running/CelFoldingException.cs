namespace Gantry.Api.Cel.Running;

/// <summary>A constant part of an expression has no value; it never leaves <see cref="CelEnvironment.Compile"/>.</summary>
internal sealed class CelFoldingException(string message) : Exception(message);
