namespace Gantry.Api.Cel.Libraries;

/// <summary>All functions of Kubernetes 1.32.</summary>
internal static class CelLibraries
{
    public static CelFunctionTable All()
    {
        var table = new CelFunctionTable();
        CelOperatorLibrary.Declare(table);
        CelStandardLibrary.Declare(table);
        CelOptionalLibrary.Declare(table);
        CelStringLibrary.Declare(table);
        CelListLibrary.Declare(table);
        CelSetLibrary.Declare(table);
        CelRegexLibrary.Declare(table);
        CelUrlLibrary.Declare(table);
        CelAddressLibrary.Declare(table);
        CelQuantityLibrary.Declare(table);
        CelFormatLibrary.Declare(table);
        CelAuthorizerLibrary.Declare(table);
        return table;
    }
}
