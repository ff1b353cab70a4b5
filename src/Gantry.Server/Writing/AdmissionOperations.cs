namespace Gantry.Server.Writing;

/// <summary>Which operations a plugin is asked about.</summary>
[Flags]
public enum AdmissionOperations
{
    None = 0,
    Create = 1,
    Update = 2,
    Delete = 4,
    Connect = 8,

    Writes = Create | Update,
    All = Writes | Delete | Connect,
}
