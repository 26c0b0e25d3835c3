/**
 * The service on a kernel of Debian's, with NVMe drives behind an IOMMU, in a virtual
 * machine.
 */
@NullMarked
package dev.holdfast.nvme;

import org.jspecify.annotations.NullMarked;
