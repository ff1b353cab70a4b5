namespace Gantry.Server.Writing;

/// <summary>A plugin in its place of the chain.</summary>
/// <param name="Name">The name that options and figures know it by; empty for what is no plugin and cannot be switched off.</param>
/// <param name="Plugin">Changes objects (<see cref="Pipeline.IMutatingAdmission"/>), judges them (<see cref="Pipeline.IValidatingAdmission"/>), or both.</param>
/// <param name="Handles">The operations that it is asked about.</param>
public sealed record AdmissionPlugin(string Name, object Plugin, AdmissionOperations Handles);
