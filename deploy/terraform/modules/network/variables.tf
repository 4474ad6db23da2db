variable "compartment_ocid" {
  type        = string
  description = "The compartment of the network."
}
variable "name" {
  type        = string
  default     = "oci-rotate"
  description = "Begins the name of everything that is made."
}
variable "cidr_block" {
  type        = string
  default     = "10.60.0.0/24"
  description = "The network's addresses. The function's subnet takes the first quarter."
  validation {
    condition     = can(cidrsubnet(var.cidr_block, 2, 0))
    error_message = "cidr_block is an IPv4 range such as 10.60.0.0/24."
  }
}
variable "egress_ports" {
  type        = list(number)
  default     = [443]
  description = "TCP ports that the function may reach: 443 for OCI and the issuer, 587 or 465 for a mail server, a proxy's or an issuer's own port."
  validation {
    condition     = length(var.egress_ports) > 0 && alltrue([for port in var.egress_ports : port >= 1 && port <= 65535])
    error_message = "egress_ports lists at least one port between 1 and 65535."
  }
}
