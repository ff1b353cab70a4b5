namespace Gantry.Api.Patching;

/// <summary>How the API answers a patch that cannot be carried out.</summary>
public enum PatchFault
{
    /// <summary>A bad request (400).</summary>
    Malformed,
    /// <summary>It does not fit the object (422, without saying why).</summary>
    Unfit,
    /// <summary>The merge gave up; the API calls that an error of its own (500).</summary>
    Unmergeable,
}
