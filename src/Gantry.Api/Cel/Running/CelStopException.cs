namespace Gantry.Api.Cel.Running;

/// <summary>Ends an evaluation that cost more than it may; it never leaves <see cref="CelProgram.Evaluate"/>.</summary>
internal sealed class CelStopException : Exception;
