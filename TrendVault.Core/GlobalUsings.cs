global using TrendVault.Core.Data;
